// How good our own networks are, measured by VGG-19, which none of the contenders is asked about:
//   bench_style_quality [--only TEXT] VGG19.safetensors OUT CONTENT… -- STYLE… [-- NETWORK…]
// NETWORK: a published one-pass network (published_networks.h). --only: the methods with TEXT in
// their names. Blends every content with every style by each method, writes one sheet a method
// (contents down, styles across) and prints the mean content and style loss of each. docs/MODELS.md
// has the table.
#include <torch/torch.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>

#include "core/base/allocator.h"
#include "core/media/picture.h"
#include "core/nn/features/feature_network.h"
#include "core/style/style_run.h"
#include "core/style/train/judge.h"
#include "core/tensor/device.h"
#include "core/tensor/frame.h"
#include "core/tensor/safetensors.h"
#include "tests/bench/published_networks.h"

using namespace pentimento;
using torch::Tensor;
namespace fs = std::filesystem;

namespace {

constexpr int kEdge = 256;
const std::vector<std::string> kStyleLayers = {"relu1_1", "relu2_1", "relu3_1", "relu4_1",
                                               "relu5_1"};

template <class T>
T need(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "bench_style_quality: %s\n", result.error().message.c_str());
        std::exit(1);
    }
    return *std::move(result);
}

/// What a method makes of one content and one style: [1, 3, h, w] in [0, 1].
struct Method {
    std::string name;
    std::function<Tensor(const Frame& content, const Frame& style)> make;
};

Tensor by_run(const Frame& content, const Frame& style, const Patch& settings,
              const fs::path& weights) {
    ParamSet params(style::schema());
    if (auto applied = params.apply(settings); !applied) {
        std::fprintf(stderr, "%s\n", applied.error().message.c_str());
        std::exit(1);
    }
    style::StyleInputs inputs;
    inputs.content = content;
    inputs.styles = {style};
    inputs.weights = weights;
    auto run = need(style::make_run(params, std::move(inputs)));
    while (!need(run->step()).finished) {
    }
    return frame_to_tensor(need(run->preview()).frame).unsqueeze(0);
}

Tensor at_edge(const Frame& frame) {
    const auto picture = frame_to_tensor(frame).unsqueeze(0);
    const double scale = static_cast<double>(kEdge) / std::max(frame.width, frame.height);
    const auto whole = [&](int n) {
        return std::max<std::int64_t>(8, std::lround(n * scale / 8) * 8);
    };
    return at::_upsample_bilinear2d_aa(picture, {whole(frame.height), whole(frame.width)}, false);
}

/// Content: squared distance at relu4_2 as a share of the content's own variance. Style: squared
/// distance of Gram matrices as a share of the style's, mean over five layers.
std::pair<double, double> judged(const nn::FeatureNetwork& vgg, const Tensor& result,
                                 const Tensor& content, const Tensor& style) {
    const auto same = at::_upsample_bilinear2d_aa(content, {result.size(2), result.size(3)}, false);
    const double content_loss = style::train::feature_distance(vgg.extract(result, {"relu4_2"})[0],
                                                               vgg.extract(same, {"relu4_2"})[0])
                                    .item<double>();
    const auto made = vgg.extract(result, kStyleLayers), wanted = vgg.extract(style, kStyleLayers);
    double style_loss = 0;
    for (std::size_t i = 0; i < made.size(); ++i) {
        const auto target = style::train::gram_matrices(wanted[i]);
        style_loss +=
            ((style::train::gram_matrices(made[i]) - target).square().sum() / target.square().sum())
                .item<double>();
    }
    return {content_loss, style_loss / static_cast<double>(made.size())};
}

Tensor cell(const Tensor& picture) {
    return at::_upsample_bilinear2d_aa(picture, {kEdge, kEdge}, false);
}

}  // namespace

int main(int argc, char** argv) {
    std::string only;
    if (argc > 2 && std::strcmp(argv[1], "--only") == 0) {
        only = argv[2];
        argv += 2;
        argc -= 2;
    }
    std::vector<std::vector<std::string>> groups(1);
    for (int i = 3; i < argc; ++i) {
        if (std::strcmp(argv[i], "--") == 0)
            groups.emplace_back();
        else
            groups.back().emplace_back(argv[i]);
    }
    if (groups.size() < 2) {
        std::fprintf(stderr, "see the top of tests/bench/style_quality.cpp\n");
        return 2;
    }
    const fs::path vgg_file = argv[1], out = argv[2];
    fs::create_directories(out);
    torch::NoGradGuard no_grad;
    keep_freed_memory();
    tensor::set_threads(0);
    const auto vgg = need(nn::load_features(nn::feature_registry().at("vgg19"), vgg_file, "auto",
                                            nn::Pooling::Max, torch::kCPU));
    const std::int64_t size = kEdge;
    const auto refined = [&](const char* features) {
        return Patch{{"size", size}, {"features", std::string(features)}};
    };
    std::vector<Method> methods = {
        {"content itself", [](const Frame& content, const Frame&) { return at_edge(content); }},
        {"built-in, instant",
         [&](const Frame& c, const Frame& s) {
             return by_run(c, s, {{"size", size}, {"method", std::string("instant")}}, {});
         }},
        {"built-in, refined",
         [&](const Frame& c, const Frame& s) {
             torch::AutoGradMode on(true);
             return by_run(c, s, refined("builtin"), {});
         }},
        {"VGG-19, refined",
         [&](const Frame& c, const Frame& s) {
             torch::AutoGradMode on(true);
             return by_run(c, s, refined("vgg19"), vgg_file);
         }},
    };
    for (std::size_t i = 0; groups.size() > 2 && i < groups[2].size(); ++i) {
        const auto network = bench::published_network(need(read_safetensors(groups[2][i])).tensors);
        if (!network) {
            std::fprintf(stderr, "%s is no network that is known here\n", groups[2][i].c_str());
            return 1;
        }
        methods.push_back({network->name(), [network](const Frame& c, const Frame& s) {
                               return network->blend(at_edge(c), at_edge(s));
                           }});
    }
    std::erase_if(
        methods, [&](const Method& method) { return method.name.find(only) == std::string::npos; });
    std::printf("| method | content loss | style loss |\n|---|---|---|\n");
    for (const Method& method : methods) {
        double content_sum = 0, style_sum = 0;
        std::vector<Tensor> cells;
        for (const auto& content_path : groups[0])
            for (const auto& style_path : groups[1]) {
                const Frame content = need(read_picture(content_path)),
                            style = need(read_picture(style_path));
                const auto made = method.make(content, style);
                const auto [c, s] = judged(*vgg, made, at_edge(content), at_edge(style));
                content_sum += c;
                style_sum += s;
                cells.push_back(cell(made));
            }
        const auto count = static_cast<double>(cells.size());
        std::printf("| %s | %.3f | %.3f |\n", method.name.c_str(), content_sum / count,
                    style_sum / count);
        std::fflush(stdout);
        std::string file = method.name;
        for (char& c : file)
            if (!std::isalnum(static_cast<unsigned char>(c))) c = '-';
        (void)write_picture(out / (file + ".jpg"),
                            tensor_to_grid(torch::cat(cells), static_cast<int>(groups[1].size())),
                            {});
    }
    return 0;
}
