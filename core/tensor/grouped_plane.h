// 3×3 convolutions in narrow groups: the loops of core/tensor/grouped, without LibTorch, so that
// they can be compiled with more optimisation than all the rest. Stride 1, a border of one zero.
#pragma once

#include <cstdint>

#include "core/tensor/leaky_relu.h"

namespace pentimento::tensor::grouped {

/// Channels of a group, in and out alike: 4, 8 or 16; so that all sums fit into registers.
constexpr bool is_narrow(std::int64_t channels) {
    return channels == 4 || channels == 8 || channels == 16;
}

/// One group of one picture: `channels` planes of height × width pixels, one after the other.
struct Planes {
    std::int64_t channels, height, width;
};

/// Numbers of working memory that each of the loops below asks for.
std::int64_t scratch_size(const Planes& planes);
/// Numbers of sums that `weight_gradient` adds to.
std::int64_t sums_size(std::int64_t channels, Width width = widest());

/// w [out, in, 3, 3] of one group in the order in which `convolve` reads; with `turned`, the
/// filters of the gradient by the input: rotated by 180°, in and out exchanged.
void pack(const float* w, std::int64_t channels, bool turned, float* packed);

/// y = packed ∗ x and what `finish` says.
void convolve(const Planes& planes, const float* x, const float* packed, const Finish& finish,
              float* y, float* scratch, Width width = widest());

/// Adds what a picture contributes to the gradient by the weights to `sums`, which begin as zeros:
/// x is the input, y the gradient of the output.
void weight_gradient(const Planes& planes, const float* x, const float* y, float* sums,
                     float* scratch, Width width = widest());
/// The gradient by the weights [out, in, 3, 3].
void finish_weight_gradient(std::int64_t channels, const float* sums, float* w,
                            Width width = widest());

}  // namespace pentimento::tensor::grouped
