// The terms of style transfer's objective (Gatys, Ecker, Bethge 2016).
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

namespace pentimento::style {

/// Gram matrix of `features` [1, C, H, W]: FFᵀ/(C·H·W), [C, C], where F is [C, H·W]. It tells which
/// features occur together, wherever they occur. Independent of the picture's size.
torch::Tensor gram_matrix(const torch::Tensor& features);

/// How a difference from a target becomes a number.
enum class LossScale {
    Relative,  ///< Σ(a − b)² / Σb²: 0 = equal, 1 = as far off as nothing at all; alike for all
               ///< networks
    Sum,  ///< Σ(a − b)²: what papers and lessons write; depends on network, layer and size
};
torch::Tensor difference(const torch::Tensor& value, const torch::Tensor& target, LossScale scale);

/// Squared differences of neighbouring pixels of [1, 3, H, W]: their mean (Relative) or sum (Sum).
torch::Tensor total_variation(const torch::Tensor& picture, LossScale scale);

/// How much each of `count` style layers counts, shallow to deep. "equal", "shallow" (each layer a
/// quarter of the one before it: fine texture) and "deep" (each layer twice the one before it:
/// large forms) sum to 1; "cs231n" is the lesson's 20000, 500, 12, 1.
std::vector<double> layer_weights(const std::string& kind, std::size_t count);

}  // namespace pentimento::style
