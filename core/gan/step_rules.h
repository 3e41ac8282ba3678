// From settings to the rules of one training step.
#pragma once

#include "core/gan/schedule.h"
#include "core/gan/train_step.h"

namespace pentimento::gan {

/// Both networks with their first weights on `device`, their optimisers and the loss.
Players make_players(const ParamSet& params, const torch::Device& device);

/// What the optimisers shall follow at `step` (steps done so far).
void follow_settings(Players& players, const ParamSet& params, std::int64_t step);

/// `measured`: values are read after this step. The augmentation's strength and the fade of growing
/// networks are states of a training, not settings.
StepRules rules_at(const ParamSet& params, std::int64_t step, double augment_strength,
                   double real_fade, const torch::Device& device, bool measured);

}  // namespace pentimento::gan
