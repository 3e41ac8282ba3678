// Limited-memory BFGS (Nocedal 1980; Nocedal and Wright, Numerical Optimization, algorithm 7.4)
// with history 10, projected onto [0, 1]. LibTorch's own has no bounds, absolute thresholds that
// depend on the loss's scale, no guard against a step that goes wrong, and a state that cannot be
// saved.
#include <algorithm>
#include <cmath>
#include <deque>

#include "core/style/pixel_optimiser.h"

namespace pentimento::style {
namespace {

constexpr std::size_t kHistory = 10;
constexpr double kFirstChange =
    0.02;  // RMS change of the pixels when nothing is known of the curvature
constexpr double kMostChange = 0.15;  // RMS change of the pixels that one step may bring
constexpr double kTolerance =
    0.02;  // a step may raise the loss by this share before it is taken back
constexpr int kMostRetries = 8;

class Lbfgs : public PixelOptimiser {
  public:
    Status step(torch::Tensor& picture, double rate, const Evaluate& evaluate) override {
        auto now = evaluate(picture);
        // A graphics card's next evaluation overwrites the gradient.
        if (now.gradient.is_cuda()) now.gradient = now.gradient.clone();
        const bool worse = point_.defined() && now.loss > loss_ + kTolerance * std::abs(loss_);
        if (!now.finite() || worse) {
            if (!point_.defined() || ++retries_ > kMostRetries) return give_up(now, picture);
            // Back to the last good point and along its direction again, less far.
            scale_ *= 0.25;
            picture = (point_ + scale_ * direction_).clamp(0, 1);
            return {};
        }
        if (point_.defined()) remember(picture - point_, now.gradient - gradient_);
        point_ = picture;
        gradient_ = now.gradient;
        loss_ = now.loss;
        retries_ = 0;
        scale_ = history_.empty() ? 1 : rate;
        direction_ = find_direction();
        picture = (point_ + scale_ * direction_).clamp(0, 1);
        return {};
    }

    void objective_changed() override {
        history_.clear();
        point_ = gradient_ = direction_ = torch::Tensor();
        retries_ = 0;
    }

    // Changes of another size's pixels say little about these.
    void resized(const torch::Tensor&) override { objective_changed(); }

    torch::Tensor shown(const torch::Tensor& picture) const override {
        return point_.defined() ? point_ : picture;
    }

    nn::NamedTensors state() const override {
        nn::NamedTensors saved;
        if (!point_.defined()) return saved;
        saved = {{"point", point_}, {"gradient", gradient_}, {"direction", direction_}};
        saved.emplace_back("scalars", torch::tensor({loss_, scale_, static_cast<double>(retries_)},
                                                    torch::kFloat64));
        for (std::size_t i = 0; i < history_.size(); ++i) {
            saved.emplace_back("history." + std::to_string(i) + ".s", history_[i].s);
            saved.emplace_back("history." + std::to_string(i) + ".y", history_[i].y);
        }
        return saved;
    }

    Status load(const nn::TensorMap& saved, const torch::Tensor& like,
                std::string_view what) override {
        Lbfgs loaded;
        if (!saved.empty()) {
            Status status;
            const auto take = [&](const std::string& name, const torch::Tensor& shape) {
                auto tensor = nn::detail::matching(saved, name, shape, what);
                if (tensor) return tensor->to(shape.device());
                status = tensor.error();
                return torch::Tensor();
            };
            loaded.point_ = take("point", like);
            loaded.gradient_ = take("gradient", like);
            loaded.direction_ = take("direction", like);
            const auto scalars = take("scalars", torch::zeros({3}, torch::kFloat64));
            for (std::size_t i = 0; i < kHistory; ++i) {
                const std::string name = "history." + std::to_string(i);
                if (!saved.count(name + ".s")) break;
                const auto s = take(name + ".s", like), y = take(name + ".y", like);
                if (status) loaded.history_.push_back({s, y, (s * y).sum()});
            }
            if (!status) return status;
            loaded.loss_ = scalars[0].item<double>();
            loaded.scale_ = scalars[1].item<double>();
            loaded.retries_ = static_cast<int>(scalars[2].item<double>());
        }
        *this = std::move(loaded);
        return {};
    }

  private:
    struct Pair {
        torch::Tensor s, y;  ///< change of the picture, and of the gradient with it
        torch::Tensor sy;    ///< their scalar product
    };

    Status give_up(const Evaluation& now, torch::Tensor& picture) {
        if (point_.defined()) picture = point_;
        const bool finite = now.finite();
        objective_changed();  // start afresh from there, if the run goes on
        if (finite) return {};
        return Error{
            ErrorCode::Numeric,
            "The loss is no longer a finite number, so the picture cannot be improved from here. "
            "Lower the weights or choose another optimiser; the last picture is kept.",
            {}};
    }

    void remember(const torch::Tensor& s, const torch::Tensor& y) {
        const auto sy = (s * y).sum();
        // One read from the device, not three.
        const auto products =
            torch::stack({sy, (s * s).sum(), (y * y).sum()}).to(torch::kCPU, torch::kFloat64);
        const auto* product = products.data_ptr<double>();
        const double bound = 1e-8 * std::sqrt(product[1] * product[2]);
        if (!(product[0] > bound))
            return;  // only positive curvature keeps the matrix positive definite
        history_.push_back({s, y, sy});
        if (history_.size() > kHistory) history_.pop_front();
    }

    /// −H·gradient, over the pixels that are free to move.
    torch::Tensor find_direction() {
        const auto held = ((point_ <= 0) & (gradient_ > 0)) | ((point_ >= 1) & (gradient_ < 0));
        const auto gradient = gradient_.masked_fill(held, 0);
        auto q = gradient;
        std::vector<torch::Tensor> alphas(history_.size());
        for (std::size_t i = history_.size(); i-- > 0;) {
            alphas[i] = (history_[i].s * q).sum() / history_[i].sy;
            q = q - alphas[i] * history_[i].y;
        }
        if (!history_.empty()) {
            const auto& newest = history_.back();
            q = q * (newest.sy / (newest.y * newest.y).sum());
        }
        for (std::size_t i = 0; i < history_.size(); ++i) {
            const auto beta = (history_[i].y * q).sum() / history_[i].sy;
            q = q + (alphas[i] - beta) * history_[i].s;
        }
        auto direction = (-q).masked_fill(held, 0);
        double slope = (direction * gradient).sum().item<double>();
        double change = direction.square().mean().sqrt().item<double>();
        if (history_.empty() || !(slope < 0) || !std::isfinite(change)) {
            history_.clear();
            change = gradient.square().mean().sqrt().item<double>();
            if (change == 0) return torch::zeros_like(gradient);
            return gradient * (-kFirstChange / change);
        }
        return change > kMostChange ? direction * (kMostChange / change) : direction;
    }

    std::deque<Pair> history_;  ///< oldest first
    torch::Tensor point_, gradient_, direction_;
    double loss_ = 0;
    double scale_ = 1;
    int retries_ = 0;
};

}  // namespace

std::unique_ptr<PixelOptimiser> make_lbfgs() {
    return std::make_unique<Lbfgs>();
}

}  // namespace pentimento::style
