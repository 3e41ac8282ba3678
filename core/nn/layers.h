// Layers that LibTorch lacks or computes slowly.
#pragma once

#include <torch/torch.h>

#include "core/tensor/conv_transpose.h"

namespace pentimento::nn {

/// torch::nn::ConvTranspose2d without bias, fast on the CPU. Parameter "weight": in × out × kernel
/// × kernel.
class ConvTranspose2dImpl : public torch::nn::Module {
  public:
    ConvTranspose2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel,
                        tensor::ConvTransposeGeometry geometry);
    torch::Tensor forward(const torch::Tensor& x);
    torch::Tensor weight;

  private:
    tensor::ConvTransposeGeometry geometry_;
};
TORCH_MODULE(ConvTranspose2d);

/// A weight as its device's convolutions like it best: on a graphics card channels-last, as its
/// tensor cores want it. Others than of convolutions stay as they are.
torch::Tensor laid_out(const torch::Tensor& weight);

/// Moves a network to a device, with its weights laid out for it.
void settle(torch::nn::Module& network, const torch::Device& device);

/// Marks a scope whose operations prepare weights and are no layers of their own (norms of weights,
/// demodulation), so that a drawing of the network leaves them out.
class Aside {
  public:
    Aside() { ++depth_; }
    ~Aside() { --depth_; }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;
    static bool active() { return depth_ > 0; }

  private:
    static thread_local int depth_;
};

/// Switches gradients of a module's parameters off for a scope, so that a backward pass through it
/// computes none of them.
class FrozenParameters {
  public:
    explicit FrozenParameters(torch::nn::Module& module) : module_(module) { set(false); }
    ~FrozenParameters() { set(true); }
    FrozenParameters(const FrozenParameters&) = delete;
    FrozenParameters& operator=(const FrozenParameters&) = delete;

  private:
    void set(bool on) {
        for (auto& parameter : module_.parameters()) parameter.set_requires_grad(on);
    }
    torch::nn::Module& module_;
};

}  // namespace pentimento::nn
