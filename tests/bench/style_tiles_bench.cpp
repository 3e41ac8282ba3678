// A refinement in tiles against the whole: difference of the gradients, time, and the memory that
// one process needs at its peak. Arguments: weights of VGG-19 [edge of the picture [tile [whole]]].
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "core/style/forecast.h"
#include "core/style/objective.h"
#include "core/style/params.h"
#include "core/tensor/device.h"
#include "tests/bench/result.h"

namespace {

using namespace pentimento;
using namespace pentimento::style;

torch::Tensor smooth_picture(std::int64_t edge, std::uint64_t seed) {
    torch::manual_seed(seed);
    return at::upsample_bicubic2d(torch::rand({1, 3, edge / 8, edge / 8}), {edge, edge}, false)
        .clamp_(0, 1);
}

double seconds(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double peak_gigabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024 / 1e9;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) return std::puts("give the weights of VGG-19"), 2;
    const std::int64_t edge = count > 2 ? std::atoll(arguments[2]) : 512;
    const std::int64_t tile = count > 3 ? std::atoll(arguments[3]) : 256;
    const bool whole_too = count <= 4 || std::atoi(arguments[4]) != 0;
    tensor::set_threads(0);
    const auto& definition = nn::feature_registry().at("vgg19");
    const auto network =
        nn::load_features(definition, arguments[1], "auto", nn::Pooling::Average, torch::kCPU);
    if (!network) return std::puts(network.error().message.c_str()), 1;
    const Pictures pictures{smooth_picture(edge, 1), {smooth_picture(edge / 2, 2)}, {}};
    const auto at = smooth_picture(edge, 3);
    for (const char* loss : {"gram", "mean_std", "mean_cov"}) {
        ParamSet params(schema());
        if (!params.apply({{"style_loss", std::string(loss)}})) return 1;
        Objective tiled(*network, definition, params, pictures, tile);
        torch::Tensor in_tiles;
        const double time = seconds([&] { in_tiles = tiled.evaluate(at).gradient; });
        std::printf(
            "%s, %ld px in tiles of %ld: %.1f s, peak %.2f GB (predicted %.2f)\n", loss, edge, tile,
            time, peak_gigabytes(),
            static_cast<double>(iteration_memory(**network, definition, params, edge, edge, tile)) /
                1e9);
        if (!whole_too) continue;
        Objective whole(*network, definition, params, pictures);
        torch::Tensor at_once;
        const double whole_time = seconds([&] { at_once = whole.evaluate(at).gradient; });
        const double difference = ((in_tiles - at_once).norm() / at_once.norm()).item<double>();
        std::printf(
            "  whole: %.1f s, peak %.2f GB (predicted %.2f); relative difference %.1e\n",
            whole_time, peak_gigabytes(),
            static_cast<double>(iteration_memory(**network, definition, params, edge, edge, 0)) /
                1e9,
            difference);
        tell_result(std::string("gradient in tiles, ") + loss + ", difference", difference, "");
    }
    return 0;
}
