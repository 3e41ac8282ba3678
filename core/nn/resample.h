// Resampling with short separable filters, as the StyleGANs do it: insert zeros, filter, drop
// samples (Karras et al. 2019, arXiv:1912.04958, appendix B; Zhang 2019, arXiv:1904.11486).
#pragma once

#include <torch/torch.h>

#include <vector>

#include "core/nn/resample_plane.h"

namespace pentimento::nn {

/// x N×C×H×W → N×C×out_height×out_width. Linear in x and differentiable as often as one likes.
torch::Tensor resample(const torch::Tensor& x, const Fir& fir, std::int64_t out_height,
                       std::int64_t out_width);

/// A filter whose taps sum to 1.
std::vector<double> taps_1331();  ///< [1, 3, 3, 1]/8, ProGAN's successors and R3GAN

/// N×C×H×W → N×C×2H×2W; a constant stays that constant, except at the edges, beyond which there are
/// zeros. An odd number of taps lies half a pixel off centre, as in StyleGAN3's code.
torch::Tensor upsample2(const torch::Tensor& x, const std::vector<double>& taps = taps_1331());
/// N×C×H×W → N×C×H/2×W/2, H and W even.
torch::Tensor downsample2(const torch::Tensor& x, const std::vector<double>& taps = taps_1331());
/// Filters without a change of scale: H → H + before + after + 1 − taps.
torch::Tensor blur(const torch::Tensor& x, std::int64_t before, std::int64_t after,
                   const std::vector<double>& taps = taps_1331(), double gain = 1);

namespace detail {
/// The same by grouped convolutions of LibTorch: what tests compare with.
torch::Tensor resample_by_convolution(const torch::Tensor& x, const Fir& fir,
                                      std::int64_t out_height, std::int64_t out_width);
}  // namespace detail

}  // namespace pentimento::nn
