// The training step.
#include "core/gan/train_step.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/nn/layers.h"
#include "core/tensor/compat.h"
#include "core/tensor/random.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;

/// Adds `value`, a mean over a share of the batch, to a mean over the whole.
void accumulate(Tensor& total, const Tensor& value, double share) {
    const Tensor part = value.detach().to(torch::kFloat32) * share;
    total = total.defined() ? total + part : part;
}

class Step {
  public:
    Step(Players& players, const StepRules& rules, const Batches& batches)
        : players_(players), rules_(rules), batches_(batches) {
        const std::int64_t at_once =
            rules.micro_batch > 0 ? std::min(rules.micro_batch, rules.batch) : rules.batch;
        for (std::int64_t left = rules.batch; left > 0; left -= at_once)
            pieces_.push_back(std::min(left, at_once));
    }

    StepValues take() {
        if (rules_.generator_first) {
            draw_shared_noise();
            const auto made = generator_phase(nullptr);
            discriminator_phase(made ? &*made : nullptr);
            shared_noise_.clear();
            for (int k = 1; k < rules_.d_steps; ++k) discriminator_phase(nullptr);
        } else {
            for (int k = 1; k < rules_.d_steps; ++k) discriminator_phase(nullptr);
            draw_shared_noise();
            // One pass of the generator serves both phases: it does not change in between.
            const auto made = whole() ? std::optional(make(0)) : std::nullopt;
            discriminator_phase(made ? &*made : nullptr);
            generator_phase(made ? &*made : nullptr);
        }
        return std::move(values_);
    }

  private:
    /// Made pictures with the graph back to the generator.
    struct Made {
        Pyramid pictures;
        NoiseBatch noise;
    };
    bool whole() const { return pieces_.size() == 1; }

    /// Both phases of the last discriminator step work on the same latents.
    void draw_shared_noise() {
        for (const std::int64_t count : pieces_) shared_noise_.push_back(batches_.noise(count));
    }

    Made make(std::size_t piece) {
        NoiseBatch noise =
            shared_noise_.empty() ? batches_.noise(pieces_[piece]) : shared_noise_[piece];
        players_.generator->set_random(batches_.random());
        const tensor::Autocast autocast(rules_.bfloat16, noise.latents.device());
        return {players_.generator->forward(noise.latents, noise.labels), noise};
    }

    /// What the discriminator sees of `pictures`: noise and augmentation, alike at every scale.
    Pyramid seen(Pyramid pictures) {
        if (rules_.augmentation != nullptr && rules_.augment_strength.value() > 0) {
            const torch::Generator random = batches_.random();
            for (Tensor& scale : pictures)
                // A copy a scale: the same draws, since draws do not depend on the picture's size.
                // (With one scale none is needed, and copies of a device's generator cannot be
                // recorded.)
                scale = rules_.augmentation->apply(scale, rules_.augment_strength,
                                                   pictures.size() > 1 ? random.clone() : random);
        }
        if (rules_.instance_noise.value() > 0) {
            torch::Generator random = batches_.random();
            for (Tensor& scale : pictures)
                scale = scale + torch::randn(scale.sizes(), random, tensor::drawn_by(random))
                                        .to(scale.options()) *
                                    rules_.instance_noise;
        }
        return pictures;
    }

    Tensor judge(const Pyramid& pictures, const Tensor& labels) {
        players_.discriminator->set_random(batches_.random());
        const tensor::Autocast autocast(rules_.bfloat16, pictures[0].device());
        return players_.discriminator->forward(pictures, labels).to(torch::kFloat32);
    }
    Judgement judge_reals(const Pyramid& pictures, const Tensor& labels) {
        players_.discriminator->set_random(batches_.random());
        const tensor::Autocast autocast(rules_.bfloat16, pictures[0].device());
        Judgement judged = players_.discriminator->judge_reals(pictures, labels);
        judged.logits = judged.logits.to(torch::kFloat32);
        return judged;
    }

    Tensor score(const Tensor& logits) const {
        const Tensor plain = logits.detach();
        return (players_.loss->probability ? plain.sigmoid() : plain).mean();
    }

    bool wants(bool Regulariser::*gradient) const {
        for (const DuePenalty& due : rules_.penalties)
            if (due.regulariser->player == Player::Discriminator && due.regulariser->*gradient)
                return true;
        return false;
    }

    /// The weighted penalties of `player`, added to `loss`.
    void add_penalties(Tensor& loss, Player player, const RegulariserInput& input, double share) {
        for (const DuePenalty& due : rules_.penalties) {
            if (due.regulariser->player != player) continue;
            const Tensor value = due.regulariser->penalty(input) * due.weight;
            loss = loss + value;
            auto found =
                std::find_if(values_.penalties.begin(), values_.penalties.end(),
                             [&](const auto& known) { return known.first == due.regulariser; });
            if (found == values_.penalties.end())
                found = values_.penalties.insert(found, {due.regulariser, Tensor()});
            accumulate(found->second, value, share);
        }
    }

    /// Teaches the discriminator to tell real from made pictures. `made`: pictures for the whole
    /// batch that exist already.
    void discriminator_phase(const Made* made) {
        players_.discriminator_optimiser->zero_grad();
        values_.loss_d = values_.d_real = values_.d_fake = values_.accuracy = values_.real_sign =
            Tensor();
        std::erase_if(values_.penalties, [](const auto& known) {
            return known.first->player == Player::Discriminator;
        });
        for (std::size_t i = 0; i < pieces_.size(); ++i)
            if (!learn_from_piece(i, made)) {
                ++values_.d_skipped;
                return;
            }
        finish(*players_.discriminator, *players_.discriminator_optimiser, values_.grad_d,
               "discriminator");
        ++values_.d_taken;
    }

    /// False when the discriminator already does too well to learn more.
    bool learn_from_piece(std::size_t piece, const Made* made) {
        const std::int64_t count = pieces_[piece];
        const double share = static_cast<double>(count) / static_cast<double>(rules_.batch);
        Pyramid fakes;
        Tensor fake_labels;
        if (made != nullptr && whole()) {
            fakes = made->pictures;
            fake_labels = made->noise.labels;
        } else {
            torch::NoGradGuard no_grad;
            Made fresh = make(piece);
            fakes = std::move(fresh.pictures);
            fake_labels = fresh.noise.labels;
        }
        const RealBatch real = batches_.reals(count);
        Pyramid reals = real_pyramid(real.pictures, *players_.discriminator, rules_.real_fade);
        {
            torch::NoGradGuard no_grad;
            reals = seen(std::move(reals));
            for (Tensor& scale : fakes) scale = scale.detach();
            fakes = seen(std::move(fakes));
        }
        if (wants(&Regulariser::real_gradient))
            for (Tensor& scale : reals) scale = scale.detach().requires_grad_();
        if (wants(&Regulariser::fake_gradient))
            for (Tensor& scale : fakes) scale = scale.detach().requires_grad_();

        const Judgement on_reals = judge_reals(reals, real.labels);
        const Tensor on_fakes = judge(fakes, fake_labels);
        LossContext context;
        context.label_smoothing = rules_.label_smoothing;
        context.random = batches_.random();
        const auto parts = players_.loss->discriminator(on_reals.logits, on_fakes, context);
        Tensor loss = parts.real + parts.fake;
        if (rules_.average_d_loss) loss = loss / 2;
        accumulate(values_.loss_d, loss, share);
        accumulate(values_.d_real, score(on_reals.logits), share);
        accumulate(values_.d_fake, score(on_fakes), share);
        {
            torch::NoGradGuard no_grad;
            const double boundary = players_.loss->boundary;
            const Tensor right = (on_reals.logits > boundary).to(torch::kFloat32).mean() +
                                 (on_fakes < boundary).to(torch::kFloat32).mean();
            accumulate(values_.accuracy, right / 2, share);
            accumulate(values_.real_sign, (on_reals.logits - boundary).sign().mean(), share);
        }
        if (rules_.check_losses) require_finite(loss.detach(), "discriminator");
        // Judged by the first piece, before any gradient has been added.
        if (piece == 0 && rules_.skip_d_below > 0 && loss.item<double>() < rules_.skip_d_below)
            return false;
        if (on_reals.auxiliary.defined()) loss = loss + on_reals.auxiliary;
        add_penalties(loss, Player::Discriminator,
                      {*players_.generator,
                       *players_.discriminator,
                       reals,
                       fakes,
                       on_reals.logits,
                       on_fakes,
                       real.labels,
                       {},
                       {},
                       batches_.random()},
                      share);
        (loss * share).backward();
        return true;
    }

    /// Teaches the generator, through the discriminator's eyes, to make pictures that look real.
    /// Returns what it made when that was the whole batch.
    std::optional<Made> generator_phase(const Made* made) {
        const nn::FrozenParameters frozen(*players_.discriminator);
        players_.generator_optimiser->zero_grad();
        std::optional<Made> fresh;
        for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
            const std::int64_t count = pieces_[piece];
            const double share = static_cast<double>(count) / static_cast<double>(rules_.batch);
            if (made == nullptr || !whole()) fresh = make(piece);
            const Made& now = fresh ? *fresh : *made;
            Tensor real_logits;
            if (players_.loss->relativistic) {
                torch::NoGradGuard no_grad;
                const RealBatch real = batches_.reals(count);
                real_logits = judge(
                    seen(real_pyramid(real.pictures, *players_.discriminator, rules_.real_fade)),
                    real.labels);
            }
            const Tensor logits = judge(seen(now.pictures), now.noise.labels);
            Tensor loss = players_.loss->generator(logits, real_logits);
            accumulate(values_.loss_g, loss, share);
            accumulate(values_.d_fake_after, score(logits), share);
            if (rules_.check_losses) require_finite(loss.detach(), "generator");
            const Pyramid none;
            players_.generator->set_random(batches_.random());
            add_penalties(loss, Player::Generator,
                          {*players_.generator,
                           *players_.discriminator,
                           none,
                           none,
                           {},
                           {},
                           {},
                           now.noise.latents,
                           now.noise.labels,
                           batches_.random()},
                          share);
            (loss * share).backward();
        }
        finish(*players_.generator, *players_.generator_optimiser, values_.grad_g, "generator");
        if (!whole() || !fresh) return std::nullopt;
        for (Tensor& scale : fresh->pictures) scale = scale.detach();
        return fresh;
    }

    void finish(torch::nn::Module& network, nn::Optimiser& optimiser, Tensor& norm,
                const char* player) {
        const bool clip = rules_.clip_gradients > 0;
        if (rules_.measure_gradients || rules_.check_losses || clip) {
            const Tensor length = nn::gradient_norm(network);
            if (rules_.measure_gradients) norm = length;
            if (rules_.check_losses) require_finite(length, player);
            if (clip) {
                torch::NoGradGuard no_grad;
                const Tensor scale = (rules_.clip_gradients / (length + 1e-6)).clamp_max(1.0);
                for (auto& parameter : network.parameters())
                    if (parameter.grad().defined()) parameter.mutable_grad().mul_(scale);
            }
        }
        optimiser.step();
    }

    Players& players_;
    const StepRules& rules_;
    const Batches& batches_;
    std::vector<std::int64_t> pieces_;
    std::vector<NoiseBatch> shared_noise_;
    StepValues values_;
};

}  // namespace

Pyramid real_pyramid(const Tensor& pictures, const Discriminator& discriminator, double fade) {
    const auto scales = discriminator.scales();
    if (scales.empty()) return {pictures};
    const auto shrink = [](const Tensor& from, std::int64_t size) {
        return from.size(3) == size ? from
                                    : at::adaptive_avg_pool2d(from, {size, size}).contiguous();
    };
    Pyramid pyramid;
    for (const std::int64_t size : scales) pyramid.push_back(shrink(pictures, size));
    if (fade < 1) {
        const std::int64_t size = scales.front();
        const Tensor coarse =
            shrink(pyramid[0], size / 2).repeat_interleave(2, 2).repeat_interleave(2, 3);
        pyramid[0] = torch::lerp(coarse, pyramid[0], fade);
    }
    return pyramid;
}

void require_finite(const Tensor& loss, const char* player) {
    if (const double value = loss.item<double>(); !std::isfinite(value))
        throw NonFiniteLoss{player, value};
}

StepValues train_step(Players& players, const StepRules& rules, const Batches& batches) {
    return Step(players, rules, batches).take();
}

}  // namespace pentimento::gan
