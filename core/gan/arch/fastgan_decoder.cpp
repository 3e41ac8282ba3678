// FastGAN's decoders.
#include "core/gan/arch/fastgan_decoder.h"

#include <algorithm>

namespace pentimento::gan::fastgan {

using torch::Tensor;

nn::SpectralConv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel,
                               std::int64_t stride, std::int64_t padding) {
    nn::SpectralConv2dImpl::Options options;
    options.stride = stride;
    options.padding = padding >= 0 ? padding : (kernel - 1) / 2;
    options.bias = false;
    return nn::SpectralConv2d(in, out, kernel, options);
}

DecoderImpl::DecoderImpl(std::int64_t in, std::int64_t width, std::int64_t size,
                         std::int64_t channels) {
    // The authors' 128, 64, 64, 32 channels at 16, 32, 64 and 128 px for a width of 64.
    for (std::int64_t at = 16; at <= size; at *= 2) {
        const std::int64_t out = std::max<std::int64_t>(2, at == 16   ? 2 * width
                                                           : at < 128 ? width
                                                                      : width / 2);
        convolutions_->push_back(convolution(in, 2 * out, 3));
        norms_->push_back(torch::nn::BatchNorm2d(2 * out));
        in = out;
    }
    register_module("convolutions", convolutions_);
    register_module("norms", norms_);
    last_ = register_module("last", convolution(in, channels, 3));
}

Tensor DecoderImpl::forward(Tensor x) {
    for (std::size_t i = 0; i < convolutions_->size(); ++i) {
        x = at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
        x = (*convolutions_)[i]->as<nn::SpectralConv2d>()->forward(x);
        x = nn::gated((*norms_)[i]->as<torch::nn::BatchNorm2d>()->forward(x));
    }
    return last_->forward(x).tanh();
}

Tensor difference(const Tensor& drawn, const Tensor& picture) {
    const auto shrink = [](const Tensor& x, std::int64_t by) {
        return by == 1 ? x : at::avg_pool2d(x, {by, by});
    };
    const auto edges = [](const Tensor& x, int axis) { return x.diff(1, axis); };
    Tensor a = drawn, b = shrink(picture.detach(), picture.size(3) / drawn.size(3));
    Tensor total;
    for (int scale = 0; scale < 3; ++scale) {
        if (scale > 0) {
            a = shrink(a, 2);
            b = shrink(b, 2);
        }
        const Tensor error = a - b;
        const Tensor here =
            error.abs().mean() + edges(error, 2).abs().mean() + edges(error, 3).abs().mean();
        total = total.defined() ? total + here : here;
    }
    return total;
}

}  // namespace pentimento::gan::fastgan
