// Schedules.
#include "core/gan/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/gan/params.h"
#include "core/nn/ema.h"

namespace pentimento::gan {

ScheduleValues schedule_at(const ParamSet& params, std::int64_t step) {
    ScheduleValues values;
    values.beta2 = params.get(kBeta2);
    const std::string& kind = params.get(kSchedule);
    if (kind != "constant") {
        const auto last = static_cast<double>(std::max<std::int64_t>(params.get(kSteps) - 1, 1));
        const double t = std::min(static_cast<double>(step) / last, 1.0);
        const double done = kind == "linear" ? t : (1 - std::cos(std::numbers::pi * t)) / 2;
        values.lr = 1 + (params.get(kLrEnd) - 1) * done;
        values.penalty = 1 + (params.get(kPenaltyEnd) - 1) * done;
        if (const double end = params.get(kBeta2End); end > 0)
            values.beta2 += (end - values.beta2) * done;
    }
    if (const auto warm_up = params.get(kWarmUp); step < warm_up)
        values.lr *= static_cast<double>(step + 1) / static_cast<double>(warm_up);
    return values;
}

double instance_noise_at(const ParamSet& params, std::int64_t step) {
    const double noise = params.get(kInstanceNoise);
    const auto fade = params.get(kInstanceNoiseSteps);
    if (fade <= 0) return noise;
    return noise * std::max(0.0, 1 - static_cast<double>(step) / static_cast<double>(fade));
}

double ema_decay_for(const ParamSet& params, std::int64_t step) {
    const double decay = params.get(kEmaDecay);
    const double ramp = params.get(kEmaRamp);
    if (ramp <= 0 || decay <= 0) return nn::ema_decay_at(decay, step);
    // Half-lives in steps: decay = ½^(1/half-life).
    const double half_life = std::log(0.5) / std::log(decay);
    const double longest = ramp * static_cast<double>(step + 1);
    return std::pow(0.5, 1 / std::max(std::min(half_life, longest), 1e-8));
}

double adapted_strength(const ParamSet& params, double strength, double real_sign,
                        std::int64_t pictures) {
    const double target = params.get(kAdaTarget);
    if (target <= 0) return strength;
    const double stride = static_cast<double>(pictures) / (params.get(kAdaKimg) * 1000);
    const double direction = real_sign > target ? 1 : real_sign < target ? -1 : 0;
    return std::clamp(strength + direction * stride, 0.0, 1.0);
}

}  // namespace pentimento::gan
