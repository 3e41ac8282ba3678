// Rules of a step.
#include "core/gan/step_rules.h"

#include <cmath>
#include <map>

#include "core/gan/gan_training.h"
#include "core/gan/params.h"
#include "core/nn/layers.h"
#include "core/tensor/random.h"

namespace pentimento::gan {
namespace {

nn::OptimiserSettings optimiser_settings(const ParamSet& params, const Param<double>& lr,
                                         const ScheduleValues& schedule) {
    static const std::map<std::string, nn::OptimiserKind> kinds = {
        {"adam", nn::OptimiserKind::Adam},
        {"adamw", nn::OptimiserKind::AdamW},
        {"rmsprop", nn::OptimiserKind::RmsProp},
        {"sgd", nn::OptimiserKind::Sgd}};
    return {.kind = kinds.at(params.get(kOptimiser)),
            .lr = params.get(lr) * schedule.lr,
            .beta1 = params.get(kBeta1),
            .beta2 = schedule.beta2,
            .weight_decay = params.get(kWeightDecay)};
}

}  // namespace

Players make_players(const ParamSet& params, const torch::Device& device) {
    const Architecture& architecture = *architecture_registry().find(params.get(arch_param()));
    Players players;
    players.loss = loss_registry().find(params.get(loss_param()));
    players.generator = build_generator(params);
    players.discriminator = architecture.make_discriminator(
        shape_from(params), params,
        tensor::make_generator(static_cast<std::uint64_t>(params.get(kSeed)),
                               tensor::Stream::InitDiscriminator, 0));
    nn::settle(*players.generator, device);
    nn::settle(*players.discriminator, device);
    const ScheduleValues schedule = schedule_at(params, 0);
    players.generator_optimiser = std::make_unique<nn::Optimiser>(
        *players.generator, optimiser_settings(params, kLrG, schedule));
    players.discriminator_optimiser = std::make_unique<nn::Optimiser>(
        *players.discriminator, optimiser_settings(params, kLrD, schedule));
    return players;
}

void follow_settings(Players& players, const ParamSet& params, std::int64_t step) {
    ScheduleValues schedule = schedule_at(params, step);
    // β2 is part of what a graphics card records, so there it moves in small steps.
    constexpr double kBeta2Step = 1e-3;
    if (!players.generator_optimiser->device().is_cpu() && schedule.beta2 != params.get(kBeta2))
        schedule.beta2 = std::round(schedule.beta2 / kBeta2Step) * kBeta2Step;
    players.generator_optimiser->set(optimiser_settings(params, kLrG, schedule));
    players.discriminator_optimiser->set(optimiser_settings(params, kLrD, schedule));
}

StepRules rules_at(const ParamSet& params, std::int64_t step, double augment_strength,
                   double real_fade, const torch::Device& device, bool measured) {
    StepRules rules;
    rules.batch = params.get(kBatch);
    rules.micro_batch = params.get(kMicroBatch);
    rules.d_steps = static_cast<int>(params.get(kDSteps));
    rules.skip_d_below = params.get(kSkipDBelow);
    rules.label_smoothing = params.get(kLabelSmoothing);
    rules.instance_noise = instance_noise_at(params, step);
    rules.clip_gradients = params.get(kClipGradients);
    rules.generator_first = params.get(kGeneratorFirst);
    rules.average_d_loss = params.get(kAverageDLoss);
    rules.augmentation = augmentation_registry().find(params.get(augment_param()));
    rules.augment_strength = augment_strength;
    const double penalty_factor = schedule_at(params, step).penalty;
    for (const auto& [id, regulariser] : regulariser_registry().items()) {
        const double weight = params.get(regulariser.weight);
        const std::int64_t every = params.get(regulariser.every);
        if (weight <= 0 || step % every != 0) continue;
        const bool scheduled = id == "r1" || id == "r2";
        rules.penalties.push_back({&regulariser, weight * static_cast<double>(every) *
                                                     (scheduled ? penalty_factor : 1.0)});
    }
    rules.real_fade = real_fade;
    rules.bfloat16 = params.get(kPrecision) == "bfloat16" ||
                     (params.get(kPrecision) == "auto" && device.is_cuda());
    // On a GPU, looking at a loss makes it wait, so there only measured steps are looked at.
    rules.check_losses = device.is_cpu() || measured;
    rules.measure_gradients = measured;
    return rules;
}

}  // namespace pentimento::gan
