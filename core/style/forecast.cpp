// Memory from the sizes of what is kept, time from a measured iteration on a small picture.
#include "core/style/forecast.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "core/base/text.h"
#include "core/style/objective.h"
#include "core/style/params.h"
#include "core/style/scales.h"
#include "core/style/tiles.h"
#include "core/tensor/device.h"
#include "core/tensor/guard.h"

namespace pentimento::style {
namespace {

constexpr double kFloat = 4;          // bytes
constexpr double kProgram = 450e6;    // LibTorch, the network's weights, pictures as bytes
constexpr double kShare = 0.6;        // of the free memory, before tiles are used
constexpr std::int64_t kProbe = 128;  // px, for measuring
constexpr std::int64_t kTiles[] = {384, 256, 160, 96};

std::vector<std::string> all_layers(const nn::FeatureDefinition& definition,
                                    const ParamSet& params) {
    auto layers = content_layers(definition, params);
    if (!layers) throw std::invalid_argument(layers.error().message);
    const auto style = style_layers(definition, params);
    layers->insert(layers->end(), style.begin(), style.end());
    return *layers;
}

/// Tensors of the picture's size that live through an iteration, in units of three floats a pixel.
double picture_tensors(const ParamSet& params) {
    const auto& optimiser = params.get(kOptimiser);
    if (optimiser == "lbfgs") return 2 * 10 + 7;
    const double average = params.get(kAveraging) > 0 ? 1 : 0;
    return (optimiser == "adam" ? 4 : 3) + average;
}

double file_number(const char* path) {
    std::ifstream file(path);
    double number = 0;
    return file >> number ? number : -1;
}

/// An uninitialised network of the right shape: what it computes takes as long as the real one.
std::shared_ptr<const nn::FeatureNetwork> blank(const nn::FeatureDefinition& definition,
                                                const ParamSet& params) {
    std::map<std::string, torch::Tensor> weights;
    for (const auto& [name, shape] : definition.tensors) weights[name] = torch::zeros(shape);
    return std::make_shared<nn::FeatureNetwork>(
        nn::torchvision_preprocessing(), definition.build(weights, pooling_of(definition, params)),
        torch::kCPU);
}

/// Seconds that an iteration takes for each pixel.
double seconds_per_pixel(const std::shared_ptr<const nn::FeatureNetwork>& network,
                         const nn::FeatureDefinition& definition, const ParamSet& params) {
    const auto picture = torch::full({1, 3, kProbe, kProbe}, 0.5);
    Objective objective(network, definition, params, Pictures{picture, {picture}, {}});
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 2; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        objective.evaluate(picture);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        best = std::min(best, taken.count());
    }
    return best / (kProbe * kProbe);
}

}  // namespace

std::int64_t available_memory(const torch::Device& device) {
    if (!device.is_cpu()) return tensor::free_device_memory(device.str());
    double available = std::numeric_limits<double>::infinity();
    std::ifstream meminfo("/proc/meminfo");
    for (std::string line; std::getline(meminfo, line);)
        if (std::istringstream words(line); line.starts_with("MemAvailable:")) {
            std::string key;
            double kibibytes = 0;
            if (words >> key >> kibibytes) available = kibibytes * 1024;
        }
    const double limit = file_number("/sys/fs/cgroup/memory.max");
    const double used = file_number("/sys/fs/cgroup/memory.current");
    if (limit > 0 && used >= 0) available = std::min(available, std::max(0.0, limit - used));
    return std::isfinite(available) ? static_cast<std::int64_t>(available) : std::int64_t{4} << 30;
}

std::int64_t iteration_memory(const nn::FeatureNetwork& network,
                              const nn::FeatureDefinition& definition, const ParamSet& params,
                              std::int64_t width, std::int64_t height, std::int64_t tile) {
    torch::NoGradGuard no_grad;
    const auto layers = all_layers(definition, params);
    const auto strip = torch::zeros({1, 3, kProbe, kProbe}, network.device());
    const double pixels = static_cast<double>(width) * static_cast<double>(height);
    const double probed = static_cast<double>(kProbe * kProbe);
    const auto features = network.extract(strip, layers);
    double kept = static_cast<double>(network.activation_count(strip, layers)) / probed;
    double content = 0, widest = 0;
    for (std::size_t i = 0; i < features.size(); ++i) {
        const double numbers = static_cast<double>(features[i].numel()) / probed;
        kept += 2 * numbers;  // a copy in LibTorch's layout, and the gradient that is sent back
        widest = std::max(widest, numbers);
        if (i + style_layers(definition, params).size() < features.size()) content += numbers;
    }
    // A convolution's own copies: its input and output, and their gradients, or Winograd's
    // transformations of them, 36 numbers for 16.
    kept += 7 * widest;
    double at_once = pixels;
    if (tile > 0) {
        const auto halo =
            halo_of(layer_geometry(network, layers, definition.min_edge, network.device()));
        at_once = 0;
        for (const auto& part : plan_tiles(height, width, tile, halo))
            at_once = std::max(at_once, static_cast<double>(part.outer_y.length()) *
                                            static_cast<double>(part.outer_x.length()));
    }
    return static_cast<std::int64_t>(kProgram + kFloat * pixels * 3 * picture_tensors(params) +
                                     static_cast<double>(torch::elementSize(network.type())) *
                                         (pixels * content + at_once * kept));
}

std::int64_t choose_tile(const nn::FeatureNetwork& network, const nn::FeatureDefinition& definition,
                         const ParamSet& params, std::int64_t width, std::int64_t height,
                         std::int64_t available) {
    if (params.get(kTile) > 0) return params.get(kTile);
    const double limit = kShare * static_cast<double>(available);
    const auto fits = [&](std::int64_t tile) {
        return static_cast<double>(
                   iteration_memory(network, definition, params, width, height, tile)) < limit;
    };
    if (fits(0)) return 0;
    for (const auto tile : kTiles)
        if (fits(tile)) return tile;
    return kTiles[std::size(kTiles) - 1];
}

Result<Forecast> forecast(const ParamSet& params, int content_width, int content_height,
                          int styles) {
    return tensor::guarded("The forecast", [&]() -> Result<Forecast> {
        if (content_width < 1 || content_height < 1)
            return Error{ErrorCode::InvalidArgument, "The content picture is empty.", {}};
        const auto& definition = nn::feature_registry().at(params.get(features_param()));
        if (const auto layers = content_layers(definition, params); !layers) return layers.error();
        tensor::set_threads(static_cast<int>(params.get(kThreads)));
        const auto network = blank(definition, params);
        const double each = seconds_per_pixel(network, definition, params);
        const double ratio = static_cast<double>(std::min(content_width, content_height)) /
                             std::max(content_width, content_height);
        const auto available = available_memory(torch::kCPU);

        Forecast result;
        result.edges = scale_edges(
            params, static_cast<int>(std::ceil(definition.min_edge / std::max(ratio, 1e-3))));
        const auto ends = scale_ends(params, result.edges.size());
        std::int64_t begin = 0;
        for (std::size_t i = 0; i < result.edges.size(); ++i) {
            const std::int64_t edge = result.edges[i];
            const auto other =
                std::max<std::int64_t>(1, std::lround(static_cast<double>(edge) * ratio));
            const auto width = content_width >= content_height ? edge : other;
            const auto height = content_width >= content_height ? other : edge;
            result.tile = choose_tile(*network, definition, params, width, height, available);
            const auto memory =
                iteration_memory(*network, definition, params, width, height, result.tile);
            result.memory_bytes = std::max(result.memory_bytes, memory);
            double pixels = 0, looks = 1;
            if (result.tile > 0) {
                looks = 1.5;  // the first pass needs no way back
                const auto halo = halo_of(layer_geometry(*network, all_layers(definition, params),
                                                         definition.min_edge, torch::kCPU));
                for (const auto& tile : plan_tiles(height, width, result.tile, halo))
                    pixels += static_cast<double>(tile.outer_y.length()) *
                              static_cast<double>(tile.outer_x.length());
            } else {
                pixels = static_cast<double>(width) * static_cast<double>(height);
            }
            const auto steps = static_cast<double>(ends[i] - begin);
            // Before the first step, content and styles are looked at, forward only.
            result.seconds += each * pixels * (looks * steps + 0.5 * (1 + styles));
            begin = ends[i];
            result.width = static_cast<int>(width);
            result.height = static_cast<int>(height);
        }
        result.available_bytes = available;
        return result;
    });
}

std::string describe(const Forecast& forecast) {
    std::string text =
        std::to_string(forecast.width) + " × " + std::to_string(forecast.height) + " px";
    if (forecast.edges.size() > 1)
        text += " in " + std::to_string(forecast.edges.size()) + " sizes from " +
                std::to_string(forecast.edges.front()) + " px";
    if (forecast.tile > 0) text += ", in tiles of " + std::to_string(forecast.tile) + " px";
    text += ": about " + format_bytes(static_cast<std::uint64_t>(forecast.memory_bytes)) +
            " of memory and " + format_duration(forecast.seconds) + " on this processor";
    if (forecast.memory_bytes > forecast.available_bytes)
        text += "; only " + format_bytes(static_cast<std::uint64_t>(forecast.available_bytes)) +
                " are free";
    return text;
}

}  // namespace pentimento::style
