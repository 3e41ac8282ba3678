// The two first-order optimisers, and the choice among all three.
#include "core/style/pixel_optimiser.h"

#include <cmath>
#include <stdexcept>

#include "core/nn/optimiser.h"

namespace pentimento::style {
namespace {

Error not_finite() {
    return {ErrorCode::Numeric,
            "The loss is no longer a finite number, so the picture cannot be improved from here. "
            "Lower the "
            "learning rate or the weights and start again; the last picture is kept.",
            {}};
}

/// Adam (Kingma and Ba 2014, arXiv:1412.6980) with β = (0.9, 0.99), projected onto [0, 1].
class AdamPixels : public PixelOptimiser {
  public:
    explicit AdamPixels(const torch::Tensor& picture)
        : module_(picture), adam_(module_, settings(automatic_rate("adam"))) {}

    Status step(torch::Tensor& picture, double rate, const Evaluate& evaluate) override {
        const auto now = evaluate(picture);
        if (!now.finite()) return not_finite();
        torch::NoGradGuard no_grad;
        adam_.set(settings(rate));
        module_.picture.copy_(picture);
        module_.picture.mutable_grad() = now.gradient;
        adam_.step();
        picture = module_.picture.detach().clamp(0, 1);
        return {};
    }
    nn::NamedTensors state() const override { return adam_.state(); }
    Status load(const nn::TensorMap& saved, const torch::Tensor&, std::string_view what) override {
        return adam_.load(saved, what);
    }

  private:
    struct Holder : torch::nn::Module {
        explicit Holder(const torch::Tensor& start)
            : picture(register_parameter("picture", start.detach().clone())) {}
        torch::Tensor picture;
    };
    static nn::OptimiserSettings settings(double rate) {
        return {.lr = rate, .beta1 = 0.9, .beta2 = 0.99};
    }

    Holder module_;
    nn::Optimiser adam_;
};

/// Gradient descent with momentum 0.9 on gradients scaled to an RMS of 1, so that the rate means a
/// change of the pixels and not of a loss whose scale depends on the weights.
class SgdPixels : public PixelOptimiser {
  public:
    Status step(torch::Tensor& picture, double rate, const Evaluate& evaluate) override {
        const auto now = evaluate(picture);
        if (!now.finite()) return not_finite();
        if (now.gradient_rms == 0) return {};  // already at the goal
        const auto direction = now.gradient / now.gradient_rms;
        momentum_ = momentum_.defined() ? momentum_ * 0.9 + direction : direction;
        picture = (picture - rate * momentum_).clamp(0, 1);
        return {};
    }
    nn::NamedTensors state() const override {
        if (!momentum_.defined()) return {};
        return {{"momentum", momentum_}};
    }
    Status load(const nn::TensorMap& saved, const torch::Tensor& like,
                std::string_view what) override {
        if (saved.empty()) {
            momentum_ = torch::Tensor();
            return {};
        }
        auto momentum = nn::detail::matching(saved, "momentum", like, what);
        if (!momentum) return momentum.error();
        momentum_ = momentum->to(like.device());
        return {};
    }

  private:
    torch::Tensor momentum_;
};

}  // namespace

bool Evaluation::finite() const {
    return std::isfinite(loss) && std::isfinite(gradient_rms);
}

double automatic_rate(const std::string& id) {
    if (id == "lbfgs") return 1;
    return id == "adam" ? 0.02 : 0.004;
}

std::unique_ptr<PixelOptimiser> make_pixel_optimiser(const std::string& id,
                                                     const torch::Tensor& picture) {
    if (id == "adam") return std::make_unique<AdamPixels>(picture);
    if (id == "sgd") return std::make_unique<SgdPixels>();
    if (id == "lbfgs") return make_lbfgs();
    throw std::invalid_argument("no such optimiser: " + id);
}

}  // namespace pentimento::style
