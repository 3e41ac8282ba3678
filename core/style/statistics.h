// Style as statistics of a layer's features over places, how far two of them are apart, and the
// gradient of that distance in closed form.
#pragma once

#include <torch/torch.h>

#include <optional>
#include <string>
#include <vector>

#include "core/style/losses.h"

namespace pentimento::style {

enum class StyleLoss {
    Gram,     ///< FFᵀ/(C·N): Gatys, Ecker, Bethge 2016
    MeanStd,  ///< of each channel: Huang, Belongie 2017, arXiv:1703.06868
    MeanCov,  ///< 2-Wasserstein distance of the two Gaussians with these means and covariances
};
/// "gram", "mean_std", "mean_cov"; throws std::invalid_argument for others.
StyleLoss parse_style_loss(const std::string& id);

/// [1, C, h, w] as a matrix [C, N] of places; where they lie channels last, without moving them.
torch::Tensor as_places(const torch::Tensor& maps);

/// Sums over places, so that parts of a picture add up to the whole. float32, also of features that
/// have fewer bits: a covariance is a small difference of large sums.
struct Moments {
    double mass = 0;         ///< places, or the sum of their mask
    torch::Tensor sum;       ///< Σ m·F, [C]; undefined for Gram
    torch::Tensor products;  ///< Σ m·FFᵀ, [C, C]; for MeanStd Σ m·F², [C]

    /// `features`: [C, N]; `mask`: [N] in [0, 1], or undefined for 1 everywhere. `mask_sum`, where
    /// it is known, saves waiting for the device.
    void add(StyleLoss kind, const torch::Tensor& features, const torch::Tensor& mask,
             std::optional<double> mask_sum = std::nullopt);
};

struct StyleTarget {
    torch::Tensor mean;    ///< [C]; undefined for Gram
    torch::Tensor spread;  ///< the Gram matrix or covariance [C, C], or the deviations [C]
    torch::Tensor root;    ///< MeanCov: spread^½
    torch::Tensor unit;  ///< the distance from nothing at all: what LossScale::Relative divides by
    double epsilon = 0;  ///< is added to variances
};
StyleTarget make_target(StyleLoss kind, const Moments& moments);
/// Σ weight·target; the weights sum to 1.
StyleTarget mix(StyleLoss kind, const std::vector<StyleTarget>& targets,
                const std::vector<double>& weights);

/// dL/dF at a place is m·(offset + factor·F), where m is the mask there.
struct StyleGradient {
    torch::Tensor value;   ///< scalar
    torch::Tensor offset;  ///< [C]; undefined for Gram
    torch::Tensor factor;  ///< [C, C]; for MeanStd [C]

    /// [C, N] for features [C, N] and their mask, of their type and layout.
    torch::Tensor at(const torch::Tensor& features, const torch::Tensor& mask) const;
};
/// Gram: Σ(G − G_t)². MeanStd: Σ(μ − μ_t)² + Σ(σ − σ_t)². MeanCov, with A = Σ_t^½:
/// Σ(μ − μ_t)² + tr(Σ_t + Σ − 2(AΣA)^½), whose gradient for Σ is I − A(AΣA)^(−½)A; directions in
/// which features hardly vary are damped.
StyleGradient compare(StyleLoss kind, LossScale scale, const Moments& moments,
                      const StyleTarget& target);

/// M^½ and M^(−½) of a symmetric positive definite matrix by Newton–Schulz iteration (Higham 2008,
/// Functions of Matrices, 6.35). Eigenvalues below some 1.5^(−2·iterations) of the norm come out
/// damped: 6e-5 for 12.
std::pair<torch::Tensor, torch::Tensor> newton_schulz(const torch::Tensor& matrix, int iterations);

}  // namespace pentimento::style
