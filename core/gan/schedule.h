// How settings change over a training by themselves. No torch here.
#pragma once

#include <cstdint>

#include "core/params/param_set.h"

namespace pentimento::gan {

/// Where a schedule stands at one step. Schedules multiply what the person set; they never
/// overwrite it.
struct ScheduleValues {
    double lr = 1;       ///< factor for both learning rates: warm-up × schedule
    double beta2 = 0;    ///< Adam's β2 itself
    double penalty = 1;  ///< factor for γ of R1 and R2
};

/// `step`: steps done before this one, 0 … steps−1.
/// With t = step/(steps−1): linear is 1 + (end − 1)·t; cosine end + (1 − end)·(1 + cos πt)/2.
ScheduleValues schedule_at(const ParamSet& params, std::int64_t step);

/// Instance noise at this step: the set value, or falling to 0 in a straight line.
double instance_noise_at(const ParamSet& params, std::int64_t step);

/// Decay of the generator's average for update number `step` (from 0). With a ramp, the half-life
/// of "ema_decay" is held below ramp × pictures so far (Karras et al. 2019, appendix B); without,
/// see nn::ema_decay_at.
double ema_decay_for(const ParamSet& params, std::int64_t step);

/// The strength of adaptive augmentation (Karras et al. 2020, arXiv:2006.06676, section 3): looked
/// at every fourth step.
inline constexpr std::int64_t kAdaInterval = 4;
/// `real_sign`: mean sign(D(x)) since the last look. `pictures`: shown since then.
double adapted_strength(const ParamSet& params, double strength, double real_sign,
                        std::int64_t pictures);

}  // namespace pentimento::gan
