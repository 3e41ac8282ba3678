// Layers.
#include "core/nn/layers.h"

namespace pentimento::nn {

thread_local int Aside::depth_ = 0;

void settle(torch::nn::Module& network, const torch::Device& device) {
    network.to(device);
    if (device.is_cpu()) return;
    for (torch::Tensor& weight : network.parameters())
        if (weight.dim() == 4)
            weight.set_data(weight.detach().contiguous(torch::MemoryFormat::ChannelsLast));
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
