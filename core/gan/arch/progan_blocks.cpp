// Blocks of ProGAN and MSG-GAN.
#include "core/gan/arch/progan_blocks.h"

#include <numbers>

#include "core/gan/arch/shared_params.h"
#include "core/nn/resample.h"

namespace pentimento::gan::progan {

using torch::Tensor;

namespace {

const nn::Equalised kActivated{.gain = std::numbers::sqrt2};

Tensor normed(const Tensor& x) {
    return nn::pixel_norm(activate(x));
}

}  // namespace

Tensor activate(const Tensor& x) {
    return at::leaky_relu(x, .2);
}
Tensor enlarged(const Tensor& x) {
    return nn::upsample2(x, {.5, .5});
}
Tensor reduced(const Tensor& x) {
    return nn::downsample2(x, {.5, .5});
}
nn::EqualisedConv2d to_colours(std::int64_t in, std::int64_t channels) {
    return nn::EqualisedConv2d(in, channels, 1);
}
nn::EqualisedConv2d from_colours(std::int64_t channels, std::int64_t out) {
    return nn::EqualisedConv2d(channels, out, 1, kActivated);
}

TrunkImpl::TrunkImpl(const NetworkShape& shape, std::int64_t width)
    : first_channels_(channels_at(4, width)) {
    // A quarter of the gain, as the authors have it: 16 pixels share one input.
    dense_ = register_module("dense",
                             nn::EqualisedLinear(shape.latent, 16 * first_channels_,
                                                 nn::Equalised{.gain = std::numbers::sqrt2 / 4}));
    std::int64_t in = first_channels_;
    for (std::int64_t size = 4; size <= shape.size; size *= 2) {
        const auto out = channels_at(size, width);
        if (size > 4) convs_->push_back(nn::EqualisedConv2d(in, out, 3, kActivated));
        convs_->push_back(nn::EqualisedConv2d(out, out, 3, kActivated));
        in = out;
    }
    register_module("convs", convs_);
}

std::vector<Tensor> TrunkImpl::forward(const Tensor& latents, std::size_t last) {
    const auto conv = [this](std::size_t i, const Tensor& x) {
        return normed(convs_->ptr(i)->as<nn::EqualisedConv2d>()->forward(x));
    };
    Tensor x = normed(
        dense_->forward(nn::pixel_norm(latents)).view({latents.size(0), first_channels_, 4, 4}));
    std::vector<Tensor> levels = {conv(0, x)};
    for (std::size_t i = 1; i <= last; ++i)
        levels.push_back(conv(2 * i, conv(2 * i - 1, enlarged(levels.back()))));
    return levels;
}

HalvingBlockImpl::HalvingBlockImpl(std::int64_t in, std::int64_t out, std::int64_t extra) {
    first_ = register_module("first", nn::EqualisedConv2d(in + extra, in, 3, kActivated));
    second_ = register_module("second", nn::EqualisedConv2d(in, out, 3, kActivated));
}

Tensor HalvingBlockImpl::forward(const Tensor& x) {
    return reduced(activate(second_->forward(activate(first_->forward(x)))));
}

VerdictImpl::VerdictImpl(std::int64_t channels, std::int64_t extra) {
    conv_ =
        register_module("conv", nn::EqualisedConv2d(channels + extra + 1, channels, 3, kActivated));
    dense_ = register_module("dense", nn::EqualisedLinear(16 * channels, channels, kActivated));
    logit_ = register_module("logit", nn::EqualisedLinear(channels, 1));
}

Tensor VerdictImpl::forward(const Tensor& x) {
    const Tensor y = activate(conv_->forward(nn::minibatch_stddev(x)));
    return logit_->forward(activate(dense_->forward(y.flatten(1)))).flatten();
}

}  // namespace pentimento::gan::progan
