// Conditional batch norm, dropout, noise, excitation.
#include "core/nn/conditional.h"

#include "core/tensor/random.h"

namespace pentimento::nn {

using torch::Tensor;

ConditionalBatchNorm2dImpl::ConditionalBatchNorm2dImpl(std::int64_t channels,
                                                       std::int64_t classes) {
    norm_ = register_module(
        "norm", torch::nn::BatchNorm2d(torch::nn::BatchNorm2dOptions(channels).affine(false)));
    gain = register_parameter("gain", torch::ones({classes, channels}));
    shift = register_parameter("shift", torch::zeros({classes, channels}));
}

Tensor ConditionalBatchNorm2dImpl::forward(const Tensor& x, const Tensor& classes) {
    const auto row = [&](const Tensor& table) {
        return table.index_select(0, classes).unsqueeze(2).unsqueeze(3);
    };
    return torch::addcmul(row(shift), norm_->forward(x), row(gain));
}

DropoutImpl::DropoutImpl(double p) : p_(p) {
    TORCH_CHECK(p >= 0 && p < 1, "dropout with probability ", p);
}

Tensor DropoutImpl::forward(const Tensor& x, torch::Generator generator) {
    if (!is_training() || p_ == 0) return x;
    const Tensor keep = torch::empty(x.sizes(), tensor::drawn_by(generator))
                            .bernoulli_(1 - p_, generator)
                            .div_(1 - p_);
    return x * keep.to(x.options());
}

Tensor add_noise(const Tensor& x, const Tensor& strength, torch::Generator generator) {
    const Tensor noise =
        torch::randn({x.size(0), 1, x.size(2), x.size(3)}, generator, tensor::drawn_by(generator))
            .to(x.options());
    // In mixed precision x stays what it is.
    return x + noise * strength.to(x.scalar_type()).view({1, -1, 1, 1});
}

SkipLayerExcitationImpl::SkipLayerExcitationImpl(std::int64_t low_channels,
                                                 std::int64_t high_channels) {
    const SpectralConv2dImpl::Options plain{.bias = false};
    squeeze_ = register_module("squeeze", SpectralConv2d(low_channels, high_channels, 4, plain));
    excite_ = register_module("excite", SpectralConv2d(high_channels, high_channels, 1, plain));
}

Tensor SkipLayerExcitationImpl::forward(const Tensor& low, const Tensor& high) {
    const Tensor pooled = at::adaptive_avg_pool2d(low, {4, 4});
    return high * excite_->forward(at::leaky_relu(squeeze_->forward(pooled), .1)).sigmoid();
}

Tensor gated(const Tensor& x) {
    return at::glu(x, 1);
}

}  // namespace pentimento::nn
