// The two first-order optimisers, and the choice among all three.
#include "core/style/pixel_optimiser.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace pentimento::style {
namespace {

Error not_finite() {
    return {ErrorCode::Numeric,
            "The loss is no longer a finite number, so the picture cannot be improved from here. "
            "Lower the "
            "learning rate or the weights and start again; the last picture is kept.",
            {}};
}

torch::Tensor stretched(const torch::Tensor& moment, const torch::Tensor& picture) {
    // Linear, so that what is positive stays so.
    return at::upsample_bilinear2d(moment, {picture.size(2), picture.size(3)}, false);
}

/// Adam, projected onto [0, 1]. Everything happens in place, on the CPU a few rows at a time: a
/// picture may be large. nn::Optimiser would keep a second copy of it.
class AdamPixels : public PixelOptimiser {
  public:
    explicit AdamPixels(const AdamSettings& settings) : settings_(settings) {}

    Status step(torch::Tensor& picture, double rate, const Evaluate& evaluate) override {
        const auto now = evaluate(picture);
        if (!now.finite()) return not_finite();
        torch::NoGradGuard no_grad;
        if (!first_.defined()) {
            first_ = torch::zeros_like(picture);
            second_ = torch::zeros_like(picture);
        }
        ++steps_;
        first_.lerp_(now.gradient, 1 - settings_.beta1);
        second_.mul_(settings_.beta2).addcmul_(now.gradient, now.gradient, 1 - settings_.beta2);
        const auto count = static_cast<double>(steps_);
        const double bias1 = 1 - std::pow(settings_.beta1, count);
        const double bias2 = std::sqrt(1 - std::pow(settings_.beta2, count));
        // A processor's memory must not hold more than a few rows of roots.
        const std::int64_t most = picture.is_cpu() ? 256 : picture.size(2);
        for (std::int64_t row = 0; row < picture.size(2); row += most) {
            const auto rows = std::min(most, picture.size(2) - row);
            const auto root =
                second_.narrow(2, row, rows).sqrt().div_(bias2).add_(settings_.epsilon);
            auto part = picture.narrow(2, row, rows);
            part.addcdiv_(first_.narrow(2, row, rows), root, -rate / bias1).clamp_(0, 1);
        }
        return {};
    }
    void resized(const torch::Tensor& picture) override {
        if (!first_.defined()) return;
        first_ = stretched(first_, picture);
        second_ = stretched(second_, picture);
    }
    nn::NamedTensors state() const override {
        if (!first_.defined()) return {};
        return {{"picture.exp_avg", first_},
                {"picture.exp_avg_sq", second_},
                {"picture.step", torch::tensor({steps_}, torch::kInt64)}};
    }
    Status load(const nn::TensorMap& saved, const torch::Tensor& like,
                std::string_view what) override {
        AdamPixels loaded(settings_);
        if (!saved.empty()) {
            const auto first = nn::detail::matching(saved, "picture.exp_avg", like, what);
            if (!first) return first.error();
            const auto second = nn::detail::matching(saved, "picture.exp_avg_sq", like, what);
            if (!second) return second.error();
            const auto steps =
                nn::detail::matching(saved, "picture.step", torch::zeros({1}, torch::kInt64), what);
            if (!steps) return steps.error();
            loaded.steps_ = steps->item<std::int64_t>();
            if (loaded.steps_ < 1)
                return Error{ErrorCode::Corrupt,
                             std::string(what) + " counts " + std::to_string(loaded.steps_) +
                                 " steps. The file is damaged.",
                             {}};
            // Copies: the loaded ones may share a mapped file's memory.
            loaded.first_ = first->to(like.device(), like.scalar_type(), false, /*copy=*/true);
            loaded.second_ = second->to(like.device(), like.scalar_type(), false, /*copy=*/true);
        }
        *this = std::move(loaded);
        return {};
    }

  private:
    AdamSettings settings_;
    torch::Tensor first_, second_;  ///< moments; undefined before the first step
    std::int64_t steps_ = 0;
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
        picture = (picture - rate * momentum_).clamp_(0, 1);
        return {};
    }
    void resized(const torch::Tensor& picture) override {
        if (momentum_.defined()) momentum_ = stretched(momentum_, picture);
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
                                                     const AdamSettings& adam) {
    if (id == "adam") return std::make_unique<AdamPixels>(adam);
    if (id == "sgd") return std::make_unique<SgdPixels>();
    if (id == "lbfgs") return make_lbfgs();
    throw std::invalid_argument("no such optimiser: " + id);
}

}  // namespace pentimento::style
