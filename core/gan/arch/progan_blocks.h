// The blocks that ProGAN and MSG-GAN are made of: Karras et al. 2017 (arXiv:1710.10196), table 2.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "core/gan/networks.h"
#include "core/nn/equalised.h"

namespace pentimento::gan::progan {

/// LeakyReLU .2; the layers before it have the gain √2 to make up for what it takes.
torch::Tensor activate(const torch::Tensor& x);
/// Twice the size, each pixel four times.
torch::Tensor enlarged(const torch::Tensor& x);
/// Half the size, means of four pixels.
torch::Tensor reduced(const torch::Tensor& x);
/// 1×1 convolution to colours, without an activation.
nn::EqualisedConv2d to_colours(std::int64_t in, std::int64_t channels);
/// 1×1 convolution from colours, to be activated.
nn::EqualisedConv2d from_colours(std::int64_t channels, std::int64_t out);

/// Two 3×3 convolutions (for 4 px: a dense layer and one), each with LeakyReLU and, in the
/// generator, pixel norm, at 4 px and every size after it. Level i has 4·2^i px.
class TrunkImpl : public torch::nn::Module {
  public:
    TrunkImpl(const NetworkShape& shape, std::int64_t width);
    /// latents N×latent → features of the levels 0 … `last`.
    std::vector<torch::Tensor> forward(const torch::Tensor& latents, std::size_t last);

  private:
    std::int64_t first_channels_;
    nn::EqualisedLinear dense_{nullptr};
    torch::nn::ModuleList convs_;  ///< one at 4 px, two at each size after it
};
TORCH_MODULE(Trunk);

/// N×in×s×s → N×out×s/2×s/2. `extra` channels come with the features, `in` leave the first
/// convolution.
class HalvingBlockImpl : public torch::nn::Module {
  public:
    HalvingBlockImpl(std::int64_t in, std::int64_t out, std::int64_t extra = 0);
    torch::Tensor forward(const torch::Tensor& x);

  private:
    nn::EqualisedConv2d first_{nullptr}, second_{nullptr};
};
TORCH_MODULE(HalvingBlock);

/// 4 px: minibatch standard deviation, 3×3 convolution, two dense layers → N logits.
class VerdictImpl : public torch::nn::Module {
  public:
    explicit VerdictImpl(std::int64_t channels, std::int64_t extra = 0);
    torch::Tensor forward(const torch::Tensor& x);

  private:
    nn::EqualisedConv2d conv_{nullptr};
    nn::EqualisedLinear dense_{nullptr}, logit_{nullptr};
};
TORCH_MODULE(Verdict);

}  // namespace pentimento::gan::progan
