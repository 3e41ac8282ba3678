// Equalised layers, pixel norm, minibatch standard deviation.
#include "core/nn/equalised.h"

#include <algorithm>
#include <cmath>

#include "core/tensor/convolution.h"

namespace pentimento::nn {

using torch::Tensor;

namespace {
constexpr double kTiny = 1e-8;
}

EqualisedModule::EqualisedModule(at::IntArrayRef weight_shape, const Equalised& options)
    : options_(options) {
    weight = register_parameter("weight", torch::zeros(weight_shape));
    if (options.bias) bias = register_parameter("bias", torch::zeros({weight_shape[0]}));
    const double fan_in = static_cast<double>(weight.numel() / weight.size(0));
    scale_ = options.gain * options.lr_multiplier / std::sqrt(fan_in);
}

void EqualisedModule::reset(torch::Generator generator) {
    torch::NoGradGuard no_grad;
    weight.normal_(0.0, 1.0, std::move(generator)).div_(options_.lr_multiplier);
    if (bias.defined()) bias.fill_(options_.first_bias / options_.lr_multiplier);
}

Tensor EqualisedModule::effective_bias() const {
    return bias.defined() && options_.lr_multiplier != 1 ? bias * options_.lr_multiplier : bias;
}

EqualisedLinearImpl::EqualisedLinearImpl(std::int64_t in, std::int64_t out,
                                         const Equalised& options)
    : EqualisedModule({out, in}, options) {
}

Tensor EqualisedLinearImpl::forward(const Tensor& x) {
    return at::linear(x, effective_weight(), effective_bias());
}

EqualisedConv2dImpl::EqualisedConv2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel,
                                         const Equalised& options, std::int64_t stride,
                                         std::int64_t padding)
    : EqualisedModule({out, in, kernel, kernel}, options),
      stride_(stride),
      padding_(padding < 0 ? kernel / 2 : padding) {
}

Tensor EqualisedConv2dImpl::forward(const Tensor& x) {
    return tensor::conv2d(x, effective_weight(), effective_bias(), padding_, stride_);
}

Tensor pixel_norm(const Tensor& x) {
    return x * (x.square().mean(1, /*keepdim=*/true) + kTiny).rsqrt();
}

Tensor minibatch_stddev(const Tensor& x, std::int64_t group) {
    const auto count = x.size(0);
    auto size = std::min(group, count);
    while (count % size != 0) --size;
    // Picture i belongs to group i mod (count / size).
    const Tensor grouped = x.view({size, count / size, x.size(1), x.size(2), x.size(3)});
    const Tensor deviation = (grouped - grouped.mean(0)).square().mean(0).add(kTiny).sqrt();
    const Tensor feature = deviation.mean({1, 2, 3}).repeat({size}).view({count, 1, 1, 1});
    return torch::cat({x, feature.expand({count, 1, x.size(2), x.size(3)})}, 1);
}

}  // namespace pentimento::nn
