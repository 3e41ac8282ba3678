// Layers.
#include "core/nn/layers.h"

namespace pentimento::nn {

thread_local int Aside::depth_ = 0;

ConvTranspose2dImpl::ConvTranspose2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel,
                                         tensor::ConvTransposeGeometry geometry)
    : geometry_(geometry) {
    weight = register_parameter("weight", torch::zeros({in, out, kernel, kernel}));
}

torch::Tensor ConvTranspose2dImpl::forward(const torch::Tensor& x) {
    return tensor::conv_transpose2d(x, weight, geometry_);
}

}  // namespace pentimento::nn
