// One step of adversarial training, in the order of the paper: Goodfellow et al. 2014, algorithm 1.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "core/gan/registry.h"
#include "core/nn/adam.h"

namespace pentimento::gan {

/// The two players, what moves them and what pays them.
struct Players {
    std::shared_ptr<Generator> generator;
    std::shared_ptr<Discriminator> discriminator;
    std::unique_ptr<nn::Adam> generator_adam;
    std::unique_ptr<nn::Adam> discriminator_adam;
    const Loss* loss = nullptr;
};

struct StepRules {
    int d_steps = 1;
    double skip_d_below = 0;     ///< 0: never skip
    double label_smoothing = 0;  ///< real pictures' target is 1 − this
    bool generator_first = false;
    bool average_d_loss = false;
    bool check_losses =
        true;  ///< throws NonFiniteLoss before a bad step is taken; a device must wait for that
    bool measure_gradients = false;
};

/// Where batches come from; both on the players' device.
struct Batches {
    std::function<torch::Tensor()> reals;    ///< N×C×S×S in [−1, 1]
    std::function<torch::Tensor()> latents;  ///< N×latent
};

/// Scalars on the device, nothing read back yet. Undefined where nothing was measured.
struct StepValues {
    torch::Tensor loss_g, loss_d;
    torch::Tensor d_real;        ///< mean σ(D(x))
    torch::Tensor d_fake;        ///< mean σ(D(G(z))) in the discriminator's phase
    torch::Tensor d_fake_after;  ///< the same in the generator's phase
    torch::Tensor grad_g, grad_d;
    int d_taken = 0;    ///< discriminator steps taken …
    int d_skipped = 0;  ///< … and skipped
};

struct NonFiniteLoss {
    const char* player;  ///< "generator" or "discriminator"
    double value;
};

StepValues train_step(Players& players, const StepRules& rules, const Batches& batches);

}  // namespace pentimento::gan
