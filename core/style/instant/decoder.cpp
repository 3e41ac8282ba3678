// AdaIN, and the way back from features to a picture.
#include "core/style/instant/decoder.h"

#include "core/nn/init.h"
#include "core/nn/layers.h"
#include "core/tensor/convolution.h"

namespace pentimento::style {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

/// Layers that have settled differ in type; while they learn, autocast sees to that.
Tensor as_wanted(const tnn::Conv2d& layer, const Tensor& x) {
    return layer->weight.requires_grad() ? x : x.to(layer->weight.scalar_type());
}

Tensor convolved(tnn::Conv2d& layer, const Tensor& x) {
    return tensor::conv2d(torch::reflection_pad2d(as_wanted(layer, x), {1, 1, 1, 1}), layer->weight,
                          layer->bias, /*padding=*/0);
}

Tensor mixed(tnn::Conv2d& layer, const Tensor& x) {
    return tensor::conv2d(as_wanted(layer, x), layer->weight, layer->bias, /*padding=*/0);
}

Tensor doubled(const Tensor& x) {
    return at::upsample_bilinear2d(x, {2 * x.size(2), 2 * x.size(3)}, false);
}

}  // namespace

const std::vector<std::string>& instant_layers() {
    static const std::vector<std::string> layers = {"relu4_1", "relu3_1", "relu2_1"};
    return layers;
}

ChannelStatistics channel_statistics(const Tensor& maps, double epsilon, const Tensor& mask) {
    const auto features = maps.to(torch::kFloat32);
    if (mask.defined()) {
        const auto weights = mask / mask.sum().clamp_min(1e-6);
        const auto mean = (features * weights).sum({2, 3}, /*keepdim=*/true);
        const auto variance = ((features - mean).square() * weights).sum({2, 3}, true);
        return {mean, (variance + epsilon).sqrt()};
    }
    const auto [variance, mean] =
        torch::var_mean(features, at::IntArrayRef{2, 3}, /*unbiased=*/false, /*keepdim=*/true);
    return {mean, (variance + epsilon).sqrt()};
}

Tensor with_statistics(const Tensor& features, const ChannelStatistics& own,
                       const ChannelStatistics& wanted) {
    const auto scale = wanted.deviation / own.deviation;
    return torch::addcmul(wanted.mean - own.mean * scale, features, scale);
}

InstantDecoderImpl::InstantDecoderImpl() {
    deep_ = add("deep", 128, 64, 3);
    skip3_ = add("skip3", 64, 64, 1);
    middle1_ = add("middle1", 64, 64, 3);
    middle2_ = add("middle2", 64, 64, 3);
    middle3_ = add("middle3", 64, 32, 3);
    skip2_ = add("skip2", 32, 64, 1);
    fine1_ = add("fine1", 32, 32, 3);
    fine2_ = add("fine2", 32, 16, 3);
    full_ = add("full", 16, 16, 3);
    colours_ = add("colours", 16, 3, 3);
}

tnn::Conv2d InstantDecoderImpl::add(const char* name, int in, int out, int kernel) {
    return register_module(name, tnn::Conv2d(tnn::Conv2dOptions(in, out, kernel)));
}

void InstantDecoderImpl::init(torch::Generator random) {
    // He's: a ReLU after nearly every layer.
    torch::NoGradGuard no_grad;
    for (const auto& child : children()) {
        auto* layer = child->as<tnn::Conv2d>();
        const auto fan_in = layer->weight.numel() / layer->weight.size(0);
        layer->weight.normal_(0, std::sqrt(2.0 / static_cast<double>(fan_in)), random);
        layer->bias.zero_();
    }
    colours_->weight.mul_(.05);
    colours_->bias.fill_(.5);
}

void InstantDecoderImpl::settle(const torch::Device& device) {
    torch::NoGradGuard no_grad;
    for (auto& parameter : parameters()) parameter.requires_grad_(false);
    to(device);
    if (device.is_cpu()) return;
    for (const auto& child : children()) {
        auto* layer = child->as<tnn::Conv2d>();
        if (layer == colours_.get()) continue;
        layer->weight.set_data(nn::laid_out(layer->weight.to(torch::kBFloat16)));
        layer->bias.set_data(layer->bias.to(torch::kBFloat16));
    }
}

Tensor InstantDecoderImpl::forward(const std::vector<Tensor>& levels) {
    auto x = convolved(deep_, levels[0]).relu_();
    x = doubled(x) + mixed(skip3_, levels[1]) + mixed(skip2_, torch::avg_pool2d(levels[2], 2));
    x = convolved(middle1_, x).relu_();
    x = convolved(middle2_, x).relu_();
    x = convolved(middle3_, x).relu_();
    x = convolved(fine1_, doubled(x)).relu_();
    x = convolved(fine2_, x).relu_();
    x = convolved(full_, doubled(x)).relu_();
    return convolved(colours_, x);
}

}  // namespace pentimento::style
