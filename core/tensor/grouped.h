// 3×3 convolutions in narrow groups on a CPU, as R3GAN's blocks have them. No Winograd kernel
// exists for them, and oneDNN's, for which pictures are brought into another layout and back, reach
// a quarter of what the processor can. What `convolution` computes with where it can. Torch inside:
// not for ui.
#pragma once

#include <torch/torch.h>

#include "core/tensor/convolution.h"

namespace pentimento::tensor::grouped {

/// Whether the convolution of `x` with `w` is one. Only sizes and types are looked at. Then so are
/// its gradients.
bool suits(const torch::Tensor& x, const torch::Tensor& w, const ConvolutionGeometry& geometry);

// No gradients: see core/tensor/convolution.cpp. `bias` may be undefined.
torch::Tensor convolve(const torch::Tensor& x, const torch::Tensor& w, const torch::Tensor& bias,
                       const LeakyRelu* activation = nullptr);
/// The gradient by x, where that by the result is `y`.
torch::Tensor by_input(const torch::Tensor& y, const torch::Tensor& w);
torch::Tensor by_weight(const torch::Tensor& x, const torch::Tensor& y, std::int64_t groups);

}  // namespace pentimento::tensor::grouped
