// Products of matrices for 1×1 convolutions: the loops of core/tensor/pointwise, without LibTorch,
// so that they can be compiled with more optimisation than all the rest.
#pragma once

#include <cstdint>

#include "core/tensor/leaky_relu.h"

namespace pentimento::tensor::pointwise {

/// Of all pictures, [pictures, channels, pixels]. `pixels` must be a multiple of lanes(width).
struct Shape {
    std::int64_t pictures, in, out, pixels;
};

/// a [out, in], or with `transposed` [in, out], in the order in which `multiply` reads it.
void pack(const float* a, std::int64_t out, std::int64_t in, bool transposed, float* packed,
          Width width = widest());

/// Parts into which `multiply` divides its work.
std::int64_t panels(const Shape& shape, Width width = widest());
/// y = a·x and what `finish` says, for each picture: the panels from `first` to before `last`.
void multiply(const Shape& shape, const float* x, const float* packed, const Finish& finish,
              std::int64_t first, std::int64_t last, float* y, Width width = widest());

/// Parts into which `weight_gradient` divides its work.
std::int64_t blocks(const Shape& shape, Width width = widest());
/// Σ y·xᵀ over all pictures, [out, in]: the blocks from `first` to before `last`.
void weight_gradient(const Shape& shape, const float* x, const float* y, std::int64_t first,
                     std::int64_t last, float* w, Width width = widest());

}  // namespace pentimento::tensor::pointwise
