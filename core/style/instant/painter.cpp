#include "core/style/instant/painter.h"

#include <cmath>

namespace pentimento::style {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

/// Reflection padding, convolution, instance norm with gain and shift.
class LayerImpl : public tnn::Module {
  public:
    LayerImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
              bool normalise = true)
        : padding_(kernel / 2) {
        convolution_ = register_module(
            "convolution", tnn::Conv2d(tnn::Conv2dOptions(in, out, kernel).stride(stride)));
        if (normalise)
            norm_ = register_module(
                "norm", tnn::InstanceNorm2d(tnn::InstanceNorm2dOptions(out).affine(true)));
    }
    Tensor forward(const Tensor& x) {
        const auto y = convolution_->forward(
            torch::reflection_pad2d(x, {padding_, padding_, padding_, padding_}));
        return norm_ ? norm_->forward(y) : y;
    }

  private:
    std::int64_t padding_;
    tnn::Conv2d convolution_{nullptr};
    tnn::InstanceNorm2d norm_{nullptr};
};
TORCH_MODULE(Layer);

class ResidualImpl : public tnn::Module {
  public:
    explicit ResidualImpl(std::int64_t channels) {
        first_ = register_module("first", Layer(channels, channels, 3, 1));
        second_ = register_module("second", Layer(channels, channels, 3, 1));
    }
    Tensor forward(const Tensor& x) { return x + second_->forward(first_->forward(x).relu_()); }

  private:
    Layer first_{nullptr}, second_{nullptr};
};
TORCH_MODULE(Residual);

tnn::Functional doubled() {
    return tnn::Functional([](const Tensor& x) {
        return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
    });
}

}  // namespace

PainterImpl::PainterImpl(std::int64_t width) {
    const auto relu = [] { return tnn::Functional([](const Tensor& x) { return x.relu(); }); };
    layers_->push_back(Layer(3, width, 9, 1));
    layers_->push_back(relu());
    layers_->push_back(Layer(width, 2 * width, 3, 2));
    layers_->push_back(relu());
    layers_->push_back(Layer(2 * width, 4 * width, 3, 2));
    layers_->push_back(relu());
    for (int i = 0; i < 5; ++i) layers_->push_back(Residual(4 * width));
    layers_->push_back(doubled());
    layers_->push_back(Layer(4 * width, 2 * width, 3, 1));
    layers_->push_back(relu());
    layers_->push_back(doubled());
    layers_->push_back(Layer(2 * width, width, 3, 1));
    layers_->push_back(relu());
    layers_->push_back(Layer(width, 3, 9, 1, /*normalise=*/false));
    register_module("layers", layers_);
}

void PainterImpl::init(torch::Generator random) {
    torch::NoGradGuard no_grad;
    for (const auto& module : modules(/*include_self=*/false))
        if (auto* convolution = module->as<tnn::Conv2d>()) {
            const auto fan_in = convolution->weight.numel() / convolution->weight.size(0);
            convolution->weight.normal_(0, 1 / std::sqrt(static_cast<double>(fan_in)), random);
            convolution->bias.zero_();
        }
}

Tensor PainterImpl::forward(const Tensor& pictures) {
    // tanh around mid-grey, a little beyond black and white, so that they can be reached.
    return .5 + .55 * layers_->forward(2 * pictures - 1).tanh();
}

}  // namespace pentimento::style
