// Layers whose weight is divided by its largest singular value, so that none of them stretches any
// input (Miyato et al. 2018, arXiv:1802.05957).
#pragma once

#include <torch/torch.h>

namespace pentimento::nn {

/// A parameter "weight" (rows × …), perhaps "bias", and the buffers "u" and "v": estimates of the
/// first singular vectors. Each forward pass in training mode improves them by one power iteration
/// without gradient (algorithm 1); in evaluation mode they stay as they are. So a step's result
/// depends on the parameters, the buffers and the order of forward passes only.
class SpectralModule : public torch::nn::Module {
  public:
    /// Draws u and settles u and v for the present weight. Call it after the weights are drawn;
    /// the functions of core/nn/init.h do.
    void begin(torch::Generator generator);
    /// weight / σ with σ = uᵀWv; differentiable in W, also through σ. Iterates in training mode.
    torch::Tensor normalised_weight();
    torch::Tensor weight, bias, u, v;

  protected:
    SpectralModule(at::IntArrayRef weight_shape, bool bias);

  private:
    void iterate();
};

/// N×in → N×out.
class SpectralLinearImpl : public SpectralModule {
  public:
    SpectralLinearImpl(std::int64_t in, std::int64_t out, bool bias = true);
    torch::Tensor forward(const torch::Tensor& x);
};
TORCH_MODULE(SpectralLinear);

/// N×in×H×W → N×out×H'×W'.
class SpectralConv2dImpl : public SpectralModule {
  public:
    struct Options {
        std::int64_t stride = 1;
        std::int64_t padding = 0;
        bool bias = true;
    };
    SpectralConv2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel,
                       const Options& options);
    torch::Tensor forward(const torch::Tensor& x);

  private:
    Options options_;
};
TORCH_MODULE(SpectralConv2d);

/// Class numbers (int64) N → N×width, for the projection of Miyato and Koyama 2018
/// (arXiv:1802.05637).
class SpectralEmbeddingImpl : public SpectralModule {
  public:
    SpectralEmbeddingImpl(std::int64_t classes, std::int64_t width);
    torch::Tensor forward(const torch::Tensor& classes);
};
TORCH_MODULE(SpectralEmbedding);

}  // namespace pentimento::nn
