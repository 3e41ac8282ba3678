// Gradients of logits by pictures, with a graph of their own, which the penalties on the
// discriminator's slope share.
#pragma once

#include "core/gan/networks.h"

namespace pentimento::gan {

/// Σ over scales of ‖∂(Σ logits)/∂picture‖², one number a picture: N.
inline torch::Tensor squared_slopes(const torch::Tensor& logits, const Pyramid& pictures) {
    // Graph and create_graph: the penalty is differentiated again, by the weights.
    const auto slopes = torch::autograd::grad({logits.to(torch::kFloat32).sum()}, pictures, {},
                                              /*retain_graph=*/true, /*create_graph=*/true);
    torch::Tensor total;
    for (const torch::Tensor& slope : slopes) {
        const torch::Tensor one = slope.to(torch::kFloat32).square().flatten(1).sum(1);
        total = total.defined() ? total + one : one;
    }
    return total;
}

}  // namespace pentimento::gan
