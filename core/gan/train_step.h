// One step of adversarial training, in the order of the paper: Goodfellow et al. 2014, algorithm 1.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/gan/augment/augment.h"
#include "core/gan/registry.h"
#include "core/nn/optimiser.h"

namespace pentimento::gan {

/// The two players, what moves them and what pays them.
struct Players {
    std::shared_ptr<Generator> generator;
    std::shared_ptr<Discriminator> discriminator;
    std::unique_ptr<nn::Optimiser> generator_optimiser;
    std::unique_ptr<nn::Optimiser> discriminator_optimiser;
    const Loss* loss = nullptr;
};

/// A regulariser that is due at this step, with its weight (schedule and laziness included).
struct DuePenalty {
    const Regulariser* regulariser = nullptr;
    tensor::Dial weight;
};

struct StepRules {
    std::int64_t batch = 64;
    std::int64_t micro_batch = 0;  ///< pictures worked on at once; 0: the whole batch
    int d_steps = 1;
    double skip_d_below = 0;  ///< 0: never skip
    double label_smoothing = 0;
    tensor::Dial instance_noise;  ///< standard deviation
    double clip_gradients = 0;  ///< longest gradient; 0: off
    bool generator_first = false;
    bool average_d_loss = false;
    const Augmentation* augmentation = nullptr;
    tensor::Dial augment_strength;
    std::vector<DuePenalty> penalties;
    double real_fade = 1;  ///< progressive growing: real pictures fade in with the newest scale
    bool bfloat16 = false;
    bool check_losses =
        true;  ///< throws NonFiniteLoss before a bad step is taken; a device must wait for that
    bool measure_gradients = false;
};

struct RealBatch {
    torch::Tensor pictures;  ///< N×C×S×S in [−1, 1]
    torch::Tensor labels;    ///< N int64; undefined without classes
};
struct NoiseBatch {
    torch::Tensor latents;  ///< N×latent
    torch::Tensor labels;   ///< N int64; undefined without classes
};

/// Where a step's chance comes from; all on the players' device. Each is asked for `count` pictures
/// at a time and goes on where it was.
struct Batches {
    std::function<RealBatch(std::int64_t count)> reals;
    std::function<NoiseBatch(std::int64_t count)> noise;
    std::function<torch::Generator()> random;  ///< a fresh generator of the step's own
};

/// Scalars on the device, nothing read back yet. Undefined where nothing was measured.
struct StepValues {
    torch::Tensor loss_g, loss_d;
    torch::Tensor d_real;        ///< mean score of real pictures: σ(D(x)), or D(x) itself
    torch::Tensor d_fake;        ///< mean score of made pictures in the discriminator's phase
    torch::Tensor d_fake_after;  ///< the same in the generator's phase
    torch::Tensor accuracy;   ///< share of pictures that the discriminator puts on the right side
    torch::Tensor real_sign;  ///< mean sign(D(x) − boundary), the r_t of adaptive augmentation
    torch::Tensor grad_g, grad_d;
    std::vector<std::pair<const Regulariser*, torch::Tensor>> penalties;  ///< weighted
    int d_taken = 0;    ///< discriminator steps taken …
    int d_skipped = 0;  ///< … and skipped
};

struct NonFiniteLoss {
    const char* player;  ///< "generator" or "discriminator"
    double value;
};

/// Throws NonFiniteLoss. Reads from the device.
void require_finite(const torch::Tensor& loss, const char* player);

StepValues train_step(Players& players, const StepRules& rules, const Batches& batches);

/// Real pictures at the scales that the discriminator looks at now (area averages of the full
/// size); while the newest scale fades in, mixed with what the scale before it can show.
Pyramid real_pyramid(const torch::Tensor& pictures, const Discriminator& discriminator,
                     double fade);

}  // namespace pentimento::gan
