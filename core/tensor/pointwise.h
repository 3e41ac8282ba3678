// 1×1 convolutions on a CPU as products of matrices, by loops of our own or, where those are
// slower, by oneDNN's products. Its convolutions rearrange the pictures first, which takes longer
// than the products; LibTorch's batched products are handed one by one to a BLAS whose threads wait
// for each other longer than they multiply. What `convolution` computes with where it can. Torch
// inside: not for ui.
#pragma once

#include <torch/torch.h>

#include "core/tensor/convolution.h"

namespace pentimento::tensor::pointwise {

/// Whether the convolution of `x` with `w` is one. Only sizes and types are looked at. Then so are
/// its gradients.
bool suits(const torch::Tensor& x, const torch::Tensor& w, const ConvolutionGeometry& geometry);

// No gradients: see core/tensor/convolution.cpp. `bias` may be undefined.
torch::Tensor convolve(const torch::Tensor& x, const torch::Tensor& w, const torch::Tensor& bias,
                       const LeakyRelu* activation = nullptr);
/// The gradient by x, where that by the result is `y`.
torch::Tensor by_input(const torch::Tensor& y, const torch::Tensor& w);
torch::Tensor by_weight(const torch::Tensor& x, const torch::Tensor& y);

}  // namespace pentimento::tensor::pointwise
