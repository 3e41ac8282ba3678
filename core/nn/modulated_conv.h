// StyleGAN2's convolution, whose weights a style scales for each picture on its own
// (Karras et al. 2019, arXiv:1912.04958, section 2.2).
#pragma once

#include <torch/torch.h>

#include "core/nn/equalised.h"

namespace pentimento::nn {

enum class Scale { Keep, Up };

/// x N×in×H×W, weight out×in×k×k (k odd, as it is used), styles N×in → N×out×H×W, or ×2H×2W when
/// scaled up: by a transposed convolution (k = 3) and a [1, 3, 3, 1] filter.
/// Picture n is convolved with w[o,i]·styles[n,i]; with `demodulate`, each output channel's weights
/// are then divided by their length (equation 3). Differentiable twice.
torch::Tensor modulated_conv2d(const torch::Tensor& x, const torch::Tensor& weight,
                               const torch::Tensor& styles, bool demodulate, Scale scale);

/// With a weight of its own and an affine layer "style" from w (biases 1 at the beginning) to
/// scales.
class ModulatedConv2dImpl : public torch::nn::Module {
  public:
    struct Options {
        bool demodulate = true;
        Scale scale = Scale::Keep;
        double gain = 1;
    };
    ModulatedConv2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel,
                        std::int64_t style_width, const Options& options);
    /// x N×in×H×W, w N×style_width.
    torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& w);
    /// Draws its own weight; the affine layer is an EqualisedModule and draws its own.
    void reset(torch::Generator generator);
    torch::Tensor weight;  ///< N(0, 1); scaled by gain/√fan_in when used
    EqualisedLinear style{nullptr};

  private:
    Options options_;
    double weight_scale_;
};
TORCH_MODULE(ModulatedConv2d);

}  // namespace pentimento::nn
