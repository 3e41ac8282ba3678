// The simple terms of style transfer's objective, and the layers' weights.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pentimento::style {

/// How a difference from a target becomes a number.
enum class LossScale {
    Relative,  ///< divided by the distance of nothing at all from the target: 0 = equal, 1 = as far
               ///< off as that; alike for all networks
    Sum,       ///< as it is: what papers and lessons write; depends on network, layer and size
};

enum class TvLoss {
    Squared,   ///< squared differences of neighbouring pixels
    Absolute,  ///< their absolute values: flat areas with crisp edges
};

/// Total variation of `picture` [1, 3, H, W]: the mean (Relative) or sum (Sum) over both
/// directions; a scalar. Adds weight · its gradient to `gradient`, which has the picture's shape.
torch::Tensor total_variation(const torch::Tensor& picture, TvLoss kind, LossScale scale,
                              double weight, torch::Tensor& gradient);

/// How much each style layer counts, shallow to deep; `channels` are the layers' widths. "equal",
/// "shallow" (each layer a quarter of the one before it, 256:64:16:4:1: fine texture), "deep" (each
/// layer twice the one before it: large forms) and "gatys" (1/C²) sum to 1; "cs231n" is the
/// lesson's 20000, 500, 12, 1. Throws std::invalid_argument for other names.
std::vector<double> layer_weights(const std::string& kind,
                                  const std::vector<std::int64_t>& channels);

}  // namespace pentimento::style
