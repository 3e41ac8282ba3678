// Cutting a picture up and finding out how far a network sees.
#include "core/style/tiles.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/tensor/convolution.h"

namespace pentimento::style {
namespace {

std::int64_t round_up(std::int64_t value, std::int64_t unit) {
    return (value + unit - 1) / unit * unit;
}

/// Cores and outers along one edge.
std::vector<std::pair<Span, Span>> cut(std::int64_t length, std::int64_t edge, std::int64_t halo) {
    if (edge <= 0 || length <= edge) return {{{0, length}, {0, length}}};
    const auto count = (length + edge - 1) / edge;
    const auto step = round_up((length + count - 1) / count, kTileGrid);
    std::vector<std::pair<Span, Span>> parts;
    for (std::int64_t begin = 0; begin < length; begin += step) {
        const Span core{begin, std::min(begin + step, length)};
        parts.push_back(
            {core,
             {std::max<std::int64_t>(0, core.begin - halo), std::min(core.end + halo, length)}});
    }
    return parts;
}

/// The cells of `outer` that are over `core`: first and how many, of `available`.
std::pair<std::int64_t, std::int64_t> cells(const Span& core, const Span& outer, std::int64_t cell,
                                            std::int64_t available) {
    const auto first = std::min((core.begin - outer.begin) / cell, available);
    const auto end = core.end == outer.end ? available : (core.end - outer.begin) / cell;
    return {first, std::max<std::int64_t>(0, std::min(end, available) - first)};
}

/// cuDNN's fast algorithms work in tiles of their own, too.
class WithoutCudnn {
  public:
    WithoutCudnn() { at::globalContext().setUserEnabledCuDNN(false); }
    ~WithoutCudnn() { at::globalContext().setUserEnabledCuDNN(before_); }
    WithoutCudnn(const WithoutCudnn&) = delete;
    WithoutCudnn& operator=(const WithoutCudnn&) = delete;

  private:
    bool before_ = at::globalContext().userEnabledCuDNN();
};

}  // namespace

std::vector<LayerGeometry> layer_geometry(const nn::FeatureNetwork& network,
                                          const std::vector<std::string>& layers, int min_edge,
                                          const torch::Device& device) {
    torch::NoGradGuard no_grad;
    constexpr std::int64_t width = 512, first = 256, behind = first + kTileGrid;
    auto strip = torch::zeros({1, 3, min_edge, width}, torch::device(device));
    strip.narrow(3, first, kTileGrid).fill_(std::numeric_limits<float>::quiet_NaN());
    // Winograd's algorithm works in tiles of its own, over which NaN would spread.
    const tensor::PlainOperations plain;
    const WithoutCudnn without;
    std::vector<LayerGeometry> geometry;
    for (const auto& features : network.extract(strip, layers)) {
        const auto spoilt = torch::isnan(features).any(0).any(0).any(0).nonzero().to(torch::kCPU);
        LayerGeometry layer;
        layer.cell = std::int64_t{1} << std::lround(std::log2(
                         static_cast<double>(width) / static_cast<double>(features.size(3))));
        // A core that begins behind the strip, and one that ends before it, see at most that far.
        const auto lowest = spoilt.min().item<std::int64_t>() * layer.cell;
        const auto highest = (spoilt.max().item<std::int64_t>() + 1) * layer.cell;
        layer.reach = std::max({std::int64_t{0}, first - lowest, highest - behind});
        geometry.push_back(layer);
    }
    return geometry;
}

std::int64_t halo_of(const std::vector<LayerGeometry>& layers) {
    std::int64_t reach = 0;
    for (const auto& layer : layers) reach = std::max(reach, layer.reach);
    return round_up(reach, kTileGrid);
}

torch::Tensor Tile::crop(const torch::Tensor& picture) const {
    return picture.narrow(2, outer_y.begin, outer_y.length())
        .narrow(3, outer_x.begin, outer_x.length());
}

torch::Tensor Tile::core(const torch::Tensor& features, std::int64_t cell) const {
    const auto [top, rows] = cells(core_y, outer_y, cell, features.size(2));
    const auto [left, columns] = cells(core_x, outer_x, cell, features.size(3));
    return features.narrow(2, top, rows).narrow(3, left, columns);
}

torch::Tensor Tile::mask(const torch::Tensor& map, std::int64_t cell, std::int64_t rows,
                         std::int64_t columns) const {
    return map.narrow(0, core_y.begin / cell, rows)
        .narrow(1, core_x.begin / cell, columns)
        .reshape({-1});
}

std::vector<Tile> plan_tiles(std::int64_t height, std::int64_t width, std::int64_t edge,
                             std::int64_t halo) {
    std::vector<Tile> tiles;
    for (const auto& [core_y, outer_y] : cut(height, edge, halo))
        for (const auto& [core_x, outer_x] : cut(width, edge, halo))
            tiles.push_back({core_y, core_x, outer_y, outer_x});
    return tiles;
}

}  // namespace pentimento::style
