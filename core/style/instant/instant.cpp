// What is remembered, and the one pass.
#include "core/style/instant/instant.h"

#include <array>
#include <cmath>
#include <optional>

#include "core/nn/features/builtin.h"
#include "core/nn/features/feature_network.h"
#include "core/nn/module_state.h"
#include "core/style/colour.h"
#include "core/style/instant/decoder.h"
#include "core/style/instant/instant_run.h"
#include "core/style/params.h"
#include "core/style/style_run.h"
#include "core/style/working_picture.h"
#include "core/tensor/frame.h"
#include "core/tensor/guard.h"
#include "core/tensor/machine.h"
#include "core/tensor/safetensors.h"

namespace pentimento::style {

using torch::Tensor;

namespace {

constexpr int kMinEdge = 32;
/// Of colours in [0, 1]: about two of 255 steps.
constexpr double kColourEpsilon = 1e-4;

Result<InstantDecoder> load_decoder(const std::filesystem::path& path,
                                    const torch::Device& device) {
    auto file = path.empty()
                    ? parse_safetensors(nn::builtin_decoder_weights(), "the built-in decoder")
                    : read_safetensors(path);
    if (!file) return file.error();
    nn::TensorMap weights;
    for (auto& [name, tensor] : file->tensors) weights.emplace(name, tensor.to(torch::kFloat32));
    InstantDecoder decoder;
    if (auto loaded = nn::load_module_state(*decoder, weights, path.string()); !loaded)
        return loaded.error();
    decoder->to(device);
    for (auto& parameter : decoder->parameters()) parameter.requires_grad_(false);
    return decoder;
}

/// What the networks make of a picture's edge is not pretty: they see more than there is, and it is
/// cut off again.
constexpr std::int64_t kMargin = 8;

/// Edge pixels repeated on all sides, up to multiples that the decoder can double back to.
Tensor padded(const Tensor& picture) {
    const auto missing = [](std::int64_t n) {
        return kMargin + (kInstantMultiple - n % kInstantMultiple) % kInstantMultiple;
    };
    return torch::replication_pad2d(
        picture, {kMargin, missing(picture.size(3)), kMargin, missing(picture.size(2))});
}

struct Level {
    Tensor features;
    ChannelStatistics own;
};

}  // namespace

struct InstantBlender::Impl {
    torch::Device device;
    std::shared_ptr<const nn::FeatureNetwork> encoder;
    InstantDecoder decoder{nullptr};

    struct Content {
        Frame frame;
        int size = 0;    ///< that `levels` were made for; 0: none
        Tensor picture;  ///< [1, 3, h, w]
        ChannelStatistics colours;
        std::vector<Level> levels;
    } content;
    struct Style {
        Frame frame;
        int edge = 0;
        ChannelStatistics colours;
        std::vector<ChannelStatistics> levels;
    };
    std::array<Style, kMaxStyles> styles;

    Status look_at_content(int size) {
        if (content.size == size) return {};
        auto picture = resized_to_edge(content.frame, size, kMinEdge, "The content picture");
        if (!picture) return picture.error();
        content.picture = picture->to(device);
        content.colours = channel_statistics(content.picture, kColourEpsilon);
        content.levels.clear();
        for (auto& features : encoder->extract(padded(*picture).to(device), instant_layers()))
            content.levels.push_back({features, channel_statistics(features)});
        content.size = size;
        return {};
    }

    Status look_at_style(Style& style, int edge, int number) {
        if (style.edge == edge) return {};
        auto picture =
            resized_to_edge(style.frame, edge, kMinEdge, "Style picture " + std::to_string(number));
        if (!picture) return picture.error();
        style.colours = channel_statistics(picture->to(device), kColourEpsilon);
        style.levels.clear();
        for (const auto& features : encoder->extract(picture->to(device), instant_layers()))
            style.levels.push_back(channel_statistics(features));
        style.edge = edge;
        return {};
    }

    Result<Tensor> blend(const ParamSet& params, int size) {
        torch::NoGradGuard no_grad;
        if (content.frame.empty())
            return Error{ErrorCode::InvalidArgument, "There is no content picture yet.", {}};
        if (auto done = look_at_content(size); !done) return done.error();
        const int edge = static_cast<int>(std::lround(size * params.get(kStyleSize)));
        double sum = 0;
        std::array<double, kMaxStyles> weights{};
        for (int i = 0; i < kMaxStyles; ++i) {
            if (styles[i].frame.empty()) continue;
            weights[i] = params.get(style_weight_param(i));
            if (weights[i] <= 0) continue;
            if (auto done = look_at_style(styles[i], edge, i + 1); !done) return done.error();
            sum += weights[i];
        }
        const double strength = sum > 0 ? params.get(kStrength) : 0;
        // A mixture of AdaIN's results is AdaIN to the mixture of the statistics, and so is a part
        // of the way from the content's own.
        const auto mixed = [&](const ChannelStatistics& own, const auto& of_style) {
            ChannelStatistics wanted{own.mean * (1 - strength), own.deviation * (1 - strength)};
            for (int i = 0; i < kMaxStyles; ++i) {
                if (weights[i] <= 0) continue;
                const double share = strength * weights[i] / sum;
                const ChannelStatistics& style = of_style(styles[i]);
                wanted.mean = wanted.mean + style.mean * share;
                wanted.deviation = wanted.deviation + style.deviation * share;
            }
            return wanted;
        };
        std::vector<Tensor> levels;
        for (std::size_t l = 0; l < content.levels.size(); ++l) {
            const Level& level = content.levels[l];
            const auto wanted = mixed(
                level.own, [l](const Style& style) -> const auto& { return style.levels[l]; });
            levels.push_back(with_statistics(level.features, level.own, wanted));
        }
        const auto blended = decoder->forward(levels)
                                 .narrow(2, kMargin, content.picture.size(2))
                                 .narrow(3, kMargin, content.picture.size(3));
        // The last level is the picture itself: a small decoder's colours are a little pale.
        const auto colours = mixed(
            content.colours, [](const Style& style) -> const auto& { return style.colours; });
        const auto vivid =
            with_statistics(blended, channel_statistics(blended, kColourEpsilon), colours)
                .clamp(0, 1);
        return keep_colour(params.get(kColour), vivid, content.picture);
    }
};

InstantBlender::InstantBlender(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
}
InstantBlender::~InstantBlender() = default;

Result<std::unique_ptr<InstantBlender>> InstantBlender::make(const ParamSet& params,
                                                             const InstantNetworks& networks) {
    return tensor::guarded(
        "Preparing instant style", [&]() -> Result<std::unique_ptr<InstantBlender>> {
            const auto device_name = tensor::set_up_machine(params);
            if (!device_name) return device_name.error();
            const torch::Device device(*device_name);
            auto encoder = nn::load_features(nn::feature_registry().at(nn::kBuiltinFeatures),
                                             networks.features, "auto", nn::Pooling::Max, device);
            if (!encoder) return encoder.error();
            auto decoder = load_decoder(networks.decoder, device);
            if (!decoder) return decoder.error();
            return std::unique_ptr<InstantBlender>(new InstantBlender(
                std::unique_ptr<Impl>(new Impl{device, *encoder, *decoder, {}, {}})));
        });
}

void InstantBlender::set_content(Frame content) {
    impl_->content = {std::move(content), 0, {}, {}, {}};
}

void InstantBlender::set_style(int index, Frame style) {
    impl_->styles.at(static_cast<std::size_t>(index)) = {std::move(style), 0, {}, {}};
}

Result<Frame> InstantBlender::blend(const ParamSet& params) {
    return tensor::guarded("The blend", [&]() -> Result<Frame> {
        auto picture = impl_->blend(params, static_cast<int>(params.get(kSize)));
        if (!picture) return picture.error();
        return tensor_to_frame((*picture)[0]);
    });
}

Result<Tensor> instant_picture(const ParamSet& params, const StyleInputs& inputs, int size) {
    auto blender = InstantBlender::make(params);
    if (!blender) return blender.error();
    (*blender)->set_content(inputs.content);
    for (std::size_t i = 0; i < inputs.styles.size(); ++i)
        (*blender)->set_style(static_cast<int>(i), inputs.styles[i]);
    // Kept colours change what is shown; the picture that a refinement begins with has the style's.
    ParamSet plain = params;
    if (auto set = plain.set(kColour.id(), std::string("none")); !set) return set.error();
    return (*blender)->impl().blend(plain, size);
}

}  // namespace pentimento::style
