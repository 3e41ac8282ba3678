// 3×3 convolutions with stride 1 on a CPU by Winograd's algorithm (Lavin and Gray 2015,
// arXiv:1509.09308), which LibTorch never asks for: what `convolution` computes with where it can.
// Torch inside: not for ui.
#pragma once

#include <torch/torch.h>

#include "core/tensor/convolution.h"

namespace pentimento::tensor::winograd {

#ifdef PENTIMENTO_ONEDNN
/// Whether the convolution of `x` with `w` is one, and so large that it gains by it. Only sizes and
/// types are looked at. Then so are its gradients.
bool suits(const torch::Tensor& x, const torch::Tensor& w, const ConvolutionGeometry& geometry);

// Results differ from LibTorch's by about 1e-5 of the largest number. No gradients: see
// core/tensor/convolution.cpp.
torch::Tensor convolve(const torch::Tensor& x, const torch::Tensor& w, std::int64_t padding);
/// The gradient by x, where that by the result is `y`: a convolution with w turned by 180°, in and
/// out exchanged.
torch::Tensor by_input(const torch::Tensor& y, const torch::Tensor& w, std::int64_t padding);
torch::Tensor by_weight(const torch::Tensor& x, const torch::Tensor& y, std::int64_t padding);
#else
inline bool suits(const torch::Tensor&, const torch::Tensor&, const ConvolutionGeometry&) {
    return false;
}
inline torch::Tensor convolve(const torch::Tensor& x, const torch::Tensor&, std::int64_t) {
    return x;
}
inline torch::Tensor by_input(const torch::Tensor& y, const torch::Tensor&, std::int64_t) {
    return y;
}
inline torch::Tensor by_weight(const torch::Tensor& x, const torch::Tensor&, std::int64_t) {
    return x;
}
#endif

}  // namespace pentimento::tensor::winograd
