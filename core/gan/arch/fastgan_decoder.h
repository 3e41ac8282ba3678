// Parts of FastGAN's discriminator that draw (arXiv:2101.04775, section 3.2).
#pragma once

#include <torch/torch.h>

#include "core/nn/conditional.h"
#include "core/nn/spectral_norm.h"

namespace pentimento::gan::fastgan {

/// A spectral convolution without bias. Padding keeps the size (or halves it with stride 2) unless
/// given.
nn::SpectralConv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel,
                               std::int64_t stride = 1, std::int64_t padding = -1);

/// Features N×C×8×8 → pictures N×channels×size×size in [−1, 1].
class DecoderImpl : public torch::nn::Module {
  public:
    DecoderImpl(std::int64_t in, std::int64_t width, std::int64_t size, std::int64_t channels);
    torch::Tensor forward(torch::Tensor x);

  private:
    torch::nn::ModuleList convolutions_, norms_;
    nn::SpectralConv2d last_{nullptr};
};
TORCH_MODULE(Decoder);

/// How much a drawing N×C×s×s differs from a picture N×C×S×S, S a multiple of s: mean absolute
/// differences of colours and of edges at three scales, added up. Gradients flow into `drawn`.
torch::Tensor difference(const torch::Tensor& drawn, const torch::Tensor& picture);

}  // namespace pentimento::gan::fastgan
