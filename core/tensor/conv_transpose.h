// A transposed convolution built from ordinary ones. On the CPU, LibTorch 1.13 computes the native
// one outside of oneDNN; its backward pass is 5 to 20 times slower than these equivalents.
#pragma once

#include <torch/torch.h>

namespace pentimento::tensor {

struct ConvTransposeGeometry {
    std::int64_t stride = 1;
    std::int64_t padding = 0;
    std::int64_t output_padding = 0;  ///< smaller than stride
};

/// input N×Ci×H×W, weight Ci×Co×k×k (as torch::conv_transpose2d) → N×Co×H'×W' with
/// H' = (H−1)·stride − 2·padding + k + output_padding. Differentiable twice. No bias, groups or
/// dilation. float32 on the CPU goes through the ordinary convolutions; everything else through the
/// native one.
torch::Tensor conv_transpose2d(const torch::Tensor& input, const torch::Tensor& weight,
                               const ConvTransposeGeometry& geometry);

}  // namespace pentimento::tensor
