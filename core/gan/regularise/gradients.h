// Gradients of logits by pictures, with a graph of their own, which the penalties on the
// discriminator's slope share.
#pragma once

#include "core/gan/networks.h"

namespace pentimento::gan {

/// At least float32: sums of squares in half precision lose too much.
inline torch::Tensor precise(const torch::Tensor& x) {
    return x.to(torch::promote_types(x.scalar_type(), torch::kFloat32));
}

/// Σ over scales of ‖∂(Σ logits)/∂picture‖², one number a picture: N.
inline torch::Tensor squared_slopes(const torch::Tensor& logits, const Pyramid& pictures) {
    // Graph and create_graph: the penalty is differentiated again, by the weights.
    const auto slopes = torch::autograd::grad({precise(logits).sum()}, pictures, {},
                                              /*retain_graph=*/true, /*create_graph=*/true);
    torch::Tensor total;
    for (const torch::Tensor& slope : slopes) {
        const torch::Tensor one = precise(slope).square().flatten(1).sum(1);
        total = total.defined() ? total + one : one;
    }
    return total;
}

}  // namespace pentimento::gan
