// Convolutions with fixed weights on a processor, as fast as it goes: oneDNN in its own layout from
// end to end, with Winograd's algorithm (Lavin and Gray 2015, arXiv:1509.09308), which needs
// 2.25 products for what takes 9 in plain form. Torch inside: not for ui.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace pentimento::nn {

/// How a network halves its pictures: the maximum or the mean of 2×2 pixels, or the maximum of 3×3
/// pixels around every other one (overlapping pooling, Krizhevsky and others 2012, section 3.4).
/// Where windows do not overlap, a gradient is aware of their grid, and shows it in pictures.
enum class Pooling { Max, Average, Overlapping };

/// A 3×3 convolution with its bias and a ReLU behind it, or a pooling to half the size.
struct ChainLink {
    torch::Tensor weight;      ///< [out, in, 3, 3]; undefined: a pooling
    torch::Tensor bias;        ///< [out]
    std::int64_t padding = 1;  ///< zeros around the picture
    Pooling pooling = Pooling::Max;
};

class FrozenChain {
  public:
    /// Null when this processor or build has nothing faster than LibTorch's own operations, when a
    /// weight wants a gradient or is elsewhere than in main memory, or when a layer's width is not
    /// a multiple of 16.
    static std::shared_ptr<const FrozenChain> make(std::vector<ChainLink> links);
    ~FrozenChain();

    /// The outputs of the links numbered `taps`, each once, for `input` [N, C, H, W], float32.
    /// Gradients flow to the input, once: there is no second derivative. Nothing beyond the deepest
    /// tap is computed. Equal to LibTorch's operations to about 1e-5 of the largest number; what is
    /// not finite spreads over some pixels more than there. Calls may come from several threads.
    std::vector<torch::Tensor> run(const torch::Tensor& input,
                                   const std::vector<std::size_t>& taps) const;

    struct Impl;

  private:
    explicit FrozenChain(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

}  // namespace pentimento::nn
