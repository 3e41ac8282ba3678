// The training step.
#include "core/gan/train_step.h"

#include <cmath>

#include "core/nn/layers.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;

void require_finite(const Tensor& loss, const char* player) {
    if (const double value = loss.item<double>(); !std::isfinite(value))
        throw NonFiniteLoss{player, value};
}

/// Teaches the discriminator to tell `reals` from `fakes`, which carry no gradient.
void discriminator_phase(Players& players, const StepRules& rules, const Tensor& reals,
                         const Tensor& fakes, StepValues& values) {
    const Tensor real_logits = players.discriminator->forward(reals);
    const Tensor fake_logits = players.discriminator->forward(fakes);
    const auto parts =
        players.loss->discriminator(real_logits, fake_logits, 1.0 - rules.label_smoothing);
    Tensor loss = parts.real + parts.fake;
    if (rules.average_d_loss) loss = loss / 2;
    values.loss_d = loss.detach();
    values.d_real = real_logits.detach().sigmoid().mean();
    values.d_fake = fake_logits.detach().sigmoid().mean();

    if (rules.check_losses) require_finite(values.loss_d, "discriminator");
    if (rules.skip_d_below > 0 && values.loss_d.item<double>() < rules.skip_d_below) {
        ++values.d_skipped;
        return;
    }
    players.discriminator_adam->zero_grad();
    loss.backward();
    if (rules.measure_gradients) values.grad_d = nn::gradient_norm(*players.discriminator);
    players.discriminator_adam->step();
    ++values.d_taken;
}

/// Teaches the generator, through the discriminator's eyes, to make `fakes` look real.
void generator_phase(Players& players, const StepRules& rules, const Tensor& fakes,
                     StepValues& values) {
    const nn::FrozenParameters frozen(*players.discriminator);
    const Tensor logits = players.discriminator->forward(fakes);
    const Tensor loss = players.loss->generator(logits);
    values.loss_g = loss.detach();
    values.d_fake_after = logits.detach().sigmoid().mean();

    if (rules.check_losses) require_finite(values.loss_g, "generator");
    players.generator_adam->zero_grad();
    loss.backward();
    if (rules.measure_gradients) values.grad_g = nn::gradient_norm(*players.generator);
    players.generator_adam->step();
}

/// Pictures for the discriminator alone: no gradient will flow to the generator.
Tensor made_without_gradient(Players& players, const Batches& batches) {
    torch::NoGradGuard no_grad;
    return players.generator->forward(batches.latents());
}

}  // namespace

StepValues train_step(Players& players, const StepRules& rules, const Batches& batches) {
    StepValues values;
    if (rules.generator_first) {
        const Tensor fakes = players.generator->forward(batches.latents());
        generator_phase(players, rules, fakes, values);
        discriminator_phase(players, rules, batches.reals(), fakes.detach(), values);
        for (int k = 1; k < rules.d_steps; ++k)
            discriminator_phase(players, rules, batches.reals(),
                                made_without_gradient(players, batches), values);
    } else {
        for (int k = 1; k < rules.d_steps; ++k)
            discriminator_phase(players, rules, batches.reals(),
                                made_without_gradient(players, batches), values);
        // One pass of the generator serves both phases: it does not change in between.
        const Tensor fakes = players.generator->forward(batches.latents());
        discriminator_phase(players, rules, batches.reals(), fakes.detach(), values);
        generator_phase(players, rules, fakes, values);
    }
    return values;
}

}  // namespace pentimento::gan
