// Layers with an equalised learning rate: weights are N(0, 1) and are scaled when used, so that
// Adam moves all of them at the same relative speed (Karras et al. 2017, arXiv:1710.10196,
// section 4.1).
#pragma once

#include <torch/torch.h>

namespace pentimento::nn {

struct Equalised {
    bool bias = true;
    double gain = 1;           ///< the effective weights are N(0, gain²/fan_in)
    double lr_multiplier = 1;  ///< how much faster than the optimiser says; .01 in mapping networks
    double first_bias = 0;     ///< effective value at the beginning
};

/// A parameter "weight", stored divided by the multiplier, and "bias" if wanted. Zeros until
/// reset() or nn::init_equalised draws them.
class EqualisedModule : public torch::nn::Module {
  public:
    void reset(torch::Generator generator);
    /// What the layer computes with; differentiable.
    torch::Tensor effective_weight() const { return weight * scale_; }
    /// Undefined without one.
    torch::Tensor effective_bias() const;
    torch::Tensor weight, bias;

  protected:
    EqualisedModule(at::IntArrayRef weight_shape, const Equalised& options);

  private:
    Equalised options_;
    double scale_;
};

/// N×in → N×out.
class EqualisedLinearImpl : public EqualisedModule {
  public:
    EqualisedLinearImpl(std::int64_t in, std::int64_t out, const Equalised& options = {});
    torch::Tensor forward(const torch::Tensor& x);
};
TORCH_MODULE(EqualisedLinear);

/// N×in×H×W → N×out×H'×W'. Padding is kernel/2 if negative.
class EqualisedConv2dImpl : public EqualisedModule {
  public:
    EqualisedConv2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel,
                        const Equalised& options = {}, std::int64_t stride = 1,
                        std::int64_t padding = -1);
    torch::Tensor forward(const torch::Tensor& x);

  private:
    std::int64_t stride_, padding_;
};
TORCH_MODULE(EqualisedConv2d);

/// Pixel norm: each pixel's (or latent's) vector over dimension 1 is brought to the length
/// √channels (Karras et al. 2017, section 4.2).
torch::Tensor pixel_norm(const torch::Tensor& x);

/// N×C×H×W → N×(C+1)×H×W: the last channel holds, for a whole picture, the mean standard deviation
/// over the pictures of its group (Karras et al. 2017, section 3). A group has as many pictures as
/// the largest divisor of N that does not exceed `group`; alone, a picture has the deviation 0.
torch::Tensor minibatch_stddev(const torch::Tensor& x, std::int64_t group = 4);

}  // namespace pentimento::nn
