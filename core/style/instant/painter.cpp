#include "core/style/instant/painter.h"

#include <algorithm>
#include <cmath>

#include "core/style/tiles.h"
#include "core/tensor/compat.h"
#include "core/tensor/convolution.h"

namespace pentimento::style {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

/// Reflection padding, convolution, instance norm with gain and shift.
class LayerImpl : public tnn::Module {
  public:
    LayerImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
              bool normalise = true)
        : padding_(kernel / 2), stride_(stride) {
        convolution_ = register_module(
            "convolution", tnn::Conv2d(tnn::Conv2dOptions(in, out, kernel).stride(stride)));
        if (normalise)
            norm_ = register_module(
                "norm", tnn::InstanceNorm2d(tnn::InstanceNorm2dOptions(out).affine(true)));
    }
    Tensor forward(const Tensor& x) {
        const auto y =
            tensor::conv2d(torch::reflection_pad2d(x, {padding_, padding_, padding_, padding_}),
                           convolution_->weight, convolution_->bias, /*padding=*/0, stride_);
        if (!norm_) return y;
        if (holding_ && !mean_.defined())
            std::tie(variance_, mean_) =
                torch::var_mean(y.to(torch::kFloat32), at::IntArrayRef{0, 2, 3}, false);
        if (!holding_) return norm_->forward(y);
        return torch::batch_norm(y, norm_->weight, norm_->bias, mean_, variance_,
                                 /*training=*/false, 0, norm_->options.eps(), false);
    }
    /// The next picture's statistics are used from then on.
    void hold(bool on) {
        holding_ = on;
        mean_ = variance_ = Tensor();
    }

  private:
    std::int64_t padding_, stride_;
    bool holding_ = false;
    Tensor mean_, variance_;  ///< [C]
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

constexpr std::int64_t kMultiple = 4;

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
    const auto height = pictures.size(2), width = pictures.size(3);
    // Two halvings: edge pixels are repeated below and to the right where they would not be even.
    const auto missing = [](std::int64_t n) { return (kMultiple - n % kMultiple) % kMultiple; };
    const bool even = missing(height) == 0 && missing(width) == 0;
    const auto x =
        even ? pictures
             : torch::replication_pad2d(pictures, {0, missing(width), 0, missing(height)});
    // tanh around mid-grey, a little beyond black and white, so that they can be reached.
    const auto painted = .5 + .55 * layers_->forward(2 * x - 1).to(torch::kFloat32).tanh();
    return even ? painted : painted.narrow(2, 0, height).narrow(3, 0, width);
}

void PainterImpl::hold_statistics(const Tensor& picture) {
    torch::NoGradGuard no_grad;
    for (const auto& module : modules(/*include_self=*/false))
        if (auto* layer = module->as<LayerImpl>()) layer->hold(true);
    forward(picture);
}

void PainterImpl::release() {
    for (const auto& module : modules(/*include_self=*/false))
        if (auto* layer = module->as<LayerImpl>()) layer->hold(false);
}

namespace {

constexpr std::int64_t kTileEdge = 768;

struct Held {
    Held(Painter& painter, const Tensor& picture) : painter(painter) {
        painter->hold_statistics(picture);
    }
    ~Held() { painter->release(); }
    Painter& painter;
};

}  // namespace

Tensor paint(Painter& painter, const Tensor& picture, std::int64_t whole) {
    torch::NoGradGuard no_grad;
    const tensor::Autocast fast(picture.is_cuda(), picture.device());
    const auto height = picture.size(2), width = picture.size(3);
    if (height * width <= whole) return painter->forward(picture);
    const double scale =
        std::sqrt(static_cast<double>(whole) / static_cast<double>(height * width));
    const auto smaller = [scale](std::int64_t n) {
        return std::max<std::int64_t>(
            32, static_cast<std::int64_t>(std::lround(static_cast<double>(n) * scale)));
    };
    const Held held(painter, at::_upsample_bicubic2d_aa(picture, {smaller(height), smaller(width)},
                                                        false, {}, {}));
    auto painted = torch::empty_like(picture);
    for (const auto& tile : plan_tiles(height, width, kTileEdge, kPainterReach)) {
        const auto core = tile.core(painter->forward(tile.crop(picture)), 1);
        painted.narrow(2, tile.core_y.begin, core.size(2))
            .narrow(3, tile.core_x.begin, core.size(3))
            .copy_(core);
    }
    return painted;
}

}  // namespace pentimento::style
