// Layers that look at more than the layer before them: at the class, at another scale, or at
// chance.
#pragma once

#include <torch/torch.h>

#include "core/nn/spectral_norm.h"

namespace pentimento::nn {

/// Batch norm whose gain and shift belong to the picture's class (Dumoulin et al. 2016,
/// arXiv:1610.07629; de Vries et al. 2017, arXiv:1707.00683). Gains begin at 1, shifts at 0.
class ConditionalBatchNorm2dImpl : public torch::nn::Module {
  public:
    ConditionalBatchNorm2dImpl(std::int64_t channels, std::int64_t classes);
    /// x N×C×H×W, classes N (int64).
    torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& classes);
    torch::Tensor gain, shift;  ///< classes × C

  private:
    torch::nn::BatchNorm2d norm_{nullptr};
};
TORCH_MODULE(ConditionalBatchNorm2d);

/// In training mode, each number is 0 with probability p and 1/(1 − p) times itself otherwise
/// (Srivastava et al. 2014); drawn from `generator`, never from LibTorch's own.
class DropoutImpl : public torch::nn::Module {
  public:
    explicit DropoutImpl(double p);
    torch::Tensor forward(const torch::Tensor& x, torch::Generator generator);

  private:
    double p_;
};
TORCH_MODULE(Dropout);

/// x N×C×H×W + strength · standard normals N×1×H×W, the same for all channels (Karras et al. 2018,
/// arXiv:1812.04948). `strength` is a scalar or has one number a channel.
torch::Tensor add_noise(const torch::Tensor& x, const torch::Tensor& strength,
                        torch::Generator generator);

/// A small picture decides which channels of a large one count (Liu et al. 2021, arXiv:2101.04775,
/// equation 1): pooled to 4×4, convolved to one pixel, LeakyReLU .1, 1×1, sigmoid.
class SkipLayerExcitationImpl : public torch::nn::Module {
  public:
    SkipLayerExcitationImpl(std::int64_t low_channels, std::int64_t high_channels);
    /// low N×Cl×h×w (h, w ≥ 4), high N×Ch×H×W → N×Ch×H×W.
    torch::Tensor forward(const torch::Tensor& low, const torch::Tensor& high);

  private:
    SpectralConv2d squeeze_{nullptr}, excite_{nullptr};
};
TORCH_MODULE(SkipLayerExcitation);

/// Gated linear unit (Dauphin et al. 2016, arXiv:1612.08083): half of the channels, each times the
/// sigmoid of its partner in the other half.
torch::Tensor gated(const torch::Tensor& x);

}  // namespace pentimento::nn
