// Layers.
#include "core/nn/layers.h"

namespace pentimento::nn {

thread_local int Aside::depth_ = 0;

torch::Tensor laid_out(const torch::Tensor& weight) {
    return weight.is_cpu() || weight.dim() != 4
               ? weight
               : weight.contiguous(torch::MemoryFormat::ChannelsLast);
}

void settle(torch::nn::Module& network, const torch::Device& device) {
    network.to(device);
    if (device.is_cpu()) return;
    for (torch::Tensor& weight : network.parameters()) weight.set_data(laid_out(weight.detach()));
}

ConvTranspose2dImpl::ConvTranspose2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel,
                                         tensor::ConvTransposeGeometry geometry)
    : geometry_(geometry) {
    weight = register_parameter("weight", torch::zeros({in, out, kernel, kernel}));
}

torch::Tensor ConvTranspose2dImpl::forward(const torch::Tensor& x) {
    return tensor::conv_transpose2d(x, weight, geometry_);
}

}  // namespace pentimento::nn
