// Convolutions whose second derivatives cost what convolutions cost, those of 3×3 by Winograd's
// algorithm where that is faster, and those of 1×1 as products of matrices. The second derivatives
// that penalties on slopes need, LibTorch 1.13 computes group by group and with the batch in the
// place of the channels, for which oneDNN has no kernel; on a graphics card, LibTorch 2.11 ran out
// of 80 GB of memory that way. Torch inside: not for ui.
#pragma once

#include <torch/torch.h>

#include "core/tensor/leaky_relu.h"

namespace pentimento::tensor {

struct ConvolutionGeometry {
    std::int64_t stride = 1;
    std::int64_t padding = 0;
    std::int64_t groups = 1;
};

/// torch::conv2d; differentiable as often as one likes. Under autocast in its type. LibTorch's own
/// operation under autocast on the CPU and while PlainOperations are wanted.
torch::Tensor convolution(const torch::Tensor& input, const torch::Tensor& weight,
                          const torch::Tensor& bias, const ConvolutionGeometry& geometry);

/// The activation of a convolution, in one pass with it where we compute it ourselves. Of what is
/// between them nothing is kept: the sign of the result tells on which side of the kink it was, so
/// slope and gain must be positive.
torch::Tensor activated_convolution(const torch::Tensor& input, const torch::Tensor& weight,
                                    const torch::Tensor& bias, const ConvolutionGeometry& geometry,
                                    const LeakyRelu& activation);

/// `convolution` without groups.
inline torch::Tensor conv2d(const torch::Tensor& input, const torch::Tensor& weight,
                            const torch::Tensor& bias, std::int64_t padding,
                            std::int64_t stride = 1) {
    return convolution(input, weight, bias, {stride, padding});
}

/// The gradient by an input of size `input` where its convolution's output has the gradient
/// `output`: a transposed convolution. Differentiable as often as one likes; under autocast in its
/// type.
torch::Tensor convolution_by_input(const torch::Tensor& output, const torch::Tensor& weight,
                                   at::IntArrayRef input, const ConvolutionGeometry& geometry);

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
