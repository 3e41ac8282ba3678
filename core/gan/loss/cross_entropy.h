// Cross-entropy, which the minimax, the non-saturating and the logistic game share.
// Goodfellow et al. 2014 (arXiv:1406.2661), equation 1.
#pragma once

#include "core/gan/registry.h"

namespace pentimento::gan {

/// −log σ(x) = softplus(−x) and −log(1 − σ(x)) = softplus(x) stay finite for any logit. Real
/// pictures' target is 1 − label_smoothing (one-sided: Salimans et al. 2016, arXiv:1606.03498).
inline Loss::Discriminating discriminator_cross_entropy(const torch::Tensor& real,
                                                        const torch::Tensor& fake,
                                                        const LossContext& context) {
    torch::Tensor on_real = torch::softplus(-real).mean();
    if (const double s = context.label_smoothing; s > 0)
        on_real = (1.0 - s) * on_real + s * torch::softplus(real).mean();
    return {on_real, torch::softplus(fake).mean()};
}

/// The generator's non-saturating loss −log D(G(z)): Goodfellow et al. 2014, section 3.
inline torch::Tensor non_saturating(const torch::Tensor& fake, const torch::Tensor&) {
    return torch::softplus(-fake).mean();
}

}  // namespace pentimento::gan
