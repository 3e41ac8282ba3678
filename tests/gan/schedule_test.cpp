// Schedules, ramps and the control of adaptive augmentation, against their formulas.
#include "core/gan/schedule.h"

#include <cmath>

#include "toy.h"

namespace pentimento::gan {
namespace {

TEST(Schedule, LinearAndCosineReachTheirEndAtTheLastStep) {
    const Settings base = {{"steps", "101"},
                           {"lr_end", "0.2"},
                           {"beta2", "0.9"},
                           {"beta2_end", "0.99"},
                           {"penalty_end", "0.1"}};
    for (const char* kind : {"linear", "cosine"}) {
        const auto params = params_with(with(base, {{"schedule", kind}}));
        EXPECT_NEAR(schedule_at(params, 0).lr, 1.0, 1e-12);
        EXPECT_NEAR(schedule_at(params, 0).beta2, 0.9, 1e-12);
        EXPECT_NEAR(schedule_at(params, 50).lr, 0.6, 1e-12) << "both are half way in the middle";
        EXPECT_NEAR(schedule_at(params, 100).lr, 0.2, 1e-12);
        EXPECT_NEAR(schedule_at(params, 100).beta2, 0.99, 1e-12);
        EXPECT_NEAR(schedule_at(params, 100).penalty, 0.1, 1e-12);
        EXPECT_NEAR(schedule_at(params, 5000).lr, 0.2, 1e-12) << "and stay there";
    }
    const auto cosine = params_with(with(base, {{"schedule", "cosine"}}));
    EXPECT_NEAR(schedule_at(cosine, 25).lr, 1 - 0.8 * (1 - std::cos(M_PI / 4)) / 2, 1e-12);
    const auto constant = params_with(base);
    EXPECT_EQ(schedule_at(constant, 77).lr, 1.0);
    EXPECT_EQ(schedule_at(constant, 77).beta2, 0.9);
}

TEST(Schedule, WarmUpRisesInEqualSteps) {
    const auto params = params_with({{"warm_up", "4"}});
    EXPECT_DOUBLE_EQ(schedule_at(params, 0).lr, 0.25);
    EXPECT_DOUBLE_EQ(schedule_at(params, 2).lr, 0.75);
    EXPECT_DOUBLE_EQ(schedule_at(params, 3).lr, 1.0);
    EXPECT_DOUBLE_EQ(schedule_at(params, 400).lr, 1.0);
}

TEST(Schedule, InstanceNoiseFadesInAStraightLine) {
    const auto params = params_with({{"instance_noise", "0.4"}, {"instance_noise_steps", "100"}});
    EXPECT_DOUBLE_EQ(instance_noise_at(params, 0), 0.4);
    EXPECT_DOUBLE_EQ(instance_noise_at(params, 25), 0.3);
    EXPECT_DOUBLE_EQ(instance_noise_at(params, 500), 0.0);
    EXPECT_DOUBLE_EQ(instance_noise_at(params_with({{"instance_noise", "0.4"}}), 500), 0.4);
}

TEST(Schedule, TheRampHoldsTheAveragesHalfLifeBelowItsShareOfTheTraining) {
    const auto params = params_with({{"ema_decay", "0.999"}, {"ema_ramp", "0.05"}});
    // After 1,000 steps the half-life is 50 steps.
    EXPECT_NEAR(std::pow(ema_decay_for(params, 999), 50), 0.5, 1e-9);
    EXPECT_NEAR(ema_decay_for(params, 10'000'000), 0.999, 1e-12);
    EXPECT_EQ(ema_decay_for(params_with({{"ema_decay", "0"}, {"ema_ramp", "0.05"}}), 10), 0.0);
}

TEST(Schedule, AdaptiveAugmentationFollowsTheSignAndStaysInRange) {
    const auto params = params_with({{"augment", "ada"}, {"ada_target", "0.6"}, {"ada_kimg", "1"}});
    EXPECT_DOUBLE_EQ(adapted_strength(params, 0.5, 0.9, 100), 0.6);
    EXPECT_DOUBLE_EQ(adapted_strength(params, 0.5, 0.2, 100), 0.4);
    EXPECT_DOUBLE_EQ(adapted_strength(params, 0.95, 0.9, 100), 1.0);
    EXPECT_DOUBLE_EQ(adapted_strength(params, 0.05, 0.1, 100), 0.0);
    EXPECT_DOUBLE_EQ(adapted_strength(params_with({{"ada_target", "0"}}), 0.5, 0.9, 100), 0.5);
}

}  // namespace
}  // namespace pentimento::gan
