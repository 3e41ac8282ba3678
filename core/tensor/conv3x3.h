// Convolutions; those of 3×3 with stride 1 on a CPU by Winograd's algorithm (Lavin and Gray 2015,
// arXiv:1509.09308), which LibTorch never asks for. Torch inside: not for ui.
#pragma once

#include <torch/torch.h>

namespace pentimento::tensor {

/// torch::conv2d(input, weight, bias, stride, padding) with [N, in, H, W], [out, in, k, k] and
/// [out] or undefined; differentiable as often as one likes. What has no faster way (other kernels,
/// strides, devices, number types, few or odd numbers of channels) is a `convolution`. Results
/// differ from its by about 1e-5 of the largest number.
torch::Tensor conv2d(const torch::Tensor& input, const torch::Tensor& weight,
                     const torch::Tensor& bias, std::int64_t padding, std::int64_t stride = 1);

/// While one lives in this thread, LibTorch's operations are taken: for finding out what a single
/// pixel reaches, and for watching what a network is made of.
class PlainOperations {
  public:
    PlainOperations() { ++depth_; }
    ~PlainOperations() { --depth_; }
    PlainOperations(const PlainOperations&) = delete;
    PlainOperations& operator=(const PlainOperations&) = delete;
    static bool wanted() { return depth_ > 0; }

  private:
    static thread_local int depth_;
};

}  // namespace pentimento::tensor
