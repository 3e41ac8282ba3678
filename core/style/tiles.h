// A picture in tiles, such that what is computed tile by tile adds up to what the whole would give.
//
// A feature sees only so far. A tile is therefore looked at with a border (halo) as wide as the
// deepest layer sees, and only features over its core, where no border is felt, are used; those of
// all cores are exactly those of the whole picture. Cores begin at multiples of 16 px, where the
// cells of all layers begin, so that pooling takes the same pixels together. The gradient of a
// core's features reaches into the halo and is added there.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "core/nn/features/feature_network.h"

namespace pentimento::style {

inline constexpr std::int64_t kTileGrid = 16;  ///< px; a multiple of every layer's cell

/// How a layer's features lie over the picture.
struct LayerGeometry {
    std::int64_t cell = 1;   ///< px from one feature to the next
    std::int64_t reach = 0;  ///< px beyond a core's edge that its features may see
};
/// Found by watching which features one strip of NaN spoils. Takes about as long as a forward pass
/// over 512 × 32 px.
std::vector<LayerGeometry> layer_geometry(const nn::FeatureNetwork& network,
                                          const std::vector<std::string>& layers, int min_edge,
                                          const torch::Device& device);

/// Pixels [begin, end).
struct Span {
    std::int64_t begin = 0, end = 0;
    std::int64_t length() const { return end - begin; }
};

struct Tile {
    Span core_y, core_x;    ///< together they cover the picture once
    Span outer_y, outer_x;  ///< with the halo, as far as the picture goes

    torch::Tensor crop(const torch::Tensor& picture) const;
    /// The part of a layer's [1, C, h, w] over the core. A core at the picture's end has all
    /// features up to the end, however many the network makes of it.
    torch::Tensor core(const torch::Tensor& features, std::int64_t cell) const;
    /// Of a map with one number a cell of the whole picture, [H, W], those of core(…): [N].
    torch::Tensor mask(const torch::Tensor& map, std::int64_t cell, std::int64_t rows,
                       std::int64_t columns) const;
};

/// Tiles of about `edge` px, at least kTileGrid; one for the whole picture when `edge` is 0 or the
/// picture is no larger.
std::vector<Tile> plan_tiles(std::int64_t height, std::int64_t width, std::int64_t edge,
                             std::int64_t halo);
/// The halo that the layers need.
std::int64_t halo_of(const std::vector<LayerGeometry>& layers);

}  // namespace pentimento::style
