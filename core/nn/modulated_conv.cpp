// Modulated convolution.
#include "core/nn/modulated_conv.h"

#include <cmath>

#include "core/nn/resample.h"
#include "core/tensor/conv_transpose.h"
#include "core/tensor/convolution.h"

namespace pentimento::nn {

using torch::Tensor;

// Scaling the weights' inputs is scaling the picture's channels, and dividing the weights of an
// output is dividing that output. So one ordinary convolution serves the whole batch; a grouped one
// with weights for each picture is far slower on a CPU.
Tensor modulated_conv2d(const Tensor& x, const Tensor& weight, const Tensor& styles,
                        bool demodulate, Scale scale) {
    const auto kernel = weight.size(2);
    TORCH_CHECK(kernel % 2 == 1 && (scale == Scale::Keep || kernel == 3),
                "modulated_conv2d: no kernel of ", kernel, " px here");
    TORCH_CHECK(styles.dim() == 2 && styles.size(0) == x.size(0) && styles.size(1) == x.size(1),
                "modulated_conv2d: styles ", styles.sizes(), " do not fit x ", x.sizes());
    Tensor y = x * styles.unsqueeze(2).unsqueeze(3);
    if (scale == Scale::Keep)
        y = tensor::conv2d(y, weight, {}, kernel / 2);
    else
        y = blur(tensor::conv_transpose2d(y, weight.transpose(0, 1).contiguous(), {2, 0, 0}), 1, 1,
                 taps_1331(), /*gain=*/4);
    if (!demodulate) return y;
    const Tensor energy = styles.square().mm(weight.square().sum({2, 3}).t());
    return y * (energy + 1e-8).rsqrt().unsqueeze(2).unsqueeze(3);
}

ModulatedConv2dImpl::ModulatedConv2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel,
                                         std::int64_t style_width, const Options& options)
    : options_(options),
      weight_scale_(options.gain / std::sqrt(static_cast<double>(in * kernel * kernel))) {
    weight = register_parameter("weight", torch::zeros({out, in, kernel, kernel}));
    style = register_module("style", EqualisedLinear(style_width, in, Equalised{.first_bias = 1}));
}

void ModulatedConv2dImpl::reset(torch::Generator generator) {
    torch::NoGradGuard no_grad;
    weight.normal_(0.0, 1.0, std::move(generator));
}

Tensor ModulatedConv2dImpl::forward(const Tensor& x, const Tensor& w) {
    return modulated_conv2d(x, weight * weight_scale_, style->forward(w), options_.demodulate,
                            options_.scale);
}

}  // namespace pentimento::nn
