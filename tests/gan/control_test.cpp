// Training under control: pieces of a batch, adaptive augmentation, classes, breakdowns, what is
// refused, and what is told before the start.
#include <algorithm>
#include <limits>

#include "core/gan/describe.h"
#include "toy.h"

namespace pentimento::gan {
namespace {

double largest_difference(const torch::nn::Module& a, const torch::nn::Module& b) {
    double largest = 0;
    const auto left = nn::module_state(a), right = nn::module_state(b);
    for (std::size_t i = 0; i < left.size(); ++i)
        largest = std::max(
            largest,
            (left[i].second - right[i].second).abs().max().to(torch::kFloat64).item<double>());
    return largest;
}

TEST(Pieces, ABatchInPiecesGivesTheSameGradients) {
    // SGD, since Adam's first step has the same length for any gradient; no batch norm in D, and
    // the generator's sees pieces, so the discriminator alone is compared.
    const auto data = stripes(28, 1);
    const Settings settings = with(small("fc", 28, 1), {{"optimiser", "sgd"},
                                                        {"lr_d", "0.05"},
                                                        {"lr_g", "1e-7"},
                                                        {"r1_gamma", "1"},
                                                        {"clip_gradients", "0.5"}});
    // In evaluation mode the generator's batch norm does not look at the batch.
    const auto whole = start(settings, data);
    const auto pieces = start(with(settings, {{"micro_batch", "3"}}), data);
    const auto untouched = start(settings, data);
    whole->players().generator->eval();
    pieces->players().generator->eval();
    const auto one = step(*whole), other = step(*pieces);
    EXPECT_NEAR(metric(one, "loss_d"), metric(other, "loss_d"), 1e-5);
    EXPECT_NEAR(metric(one, "loss_g"), metric(other, "loss_g"), 1e-5);
    EXPECT_NEAR(metric(one, "accuracy"), metric(other, "accuracy"), 1e-6);
    EXPECT_NEAR(metric(one, "penalty_r1"), metric(other, "penalty_r1"), 1e-5);
    EXPECT_LT(largest_difference(*whole->players().discriminator, *pieces->players().discriminator),
              1e-6);
    EXPECT_GT(
        largest_difference(*whole->players().discriminator, *untouched->players().discriminator),
        1e-4);
}

TEST(Clipping, ShortensLongGradients) {
    const auto data = stripes(28, 1);
    const Settings settings = with(small("fc", 28, 1), {{"optimiser", "sgd"}, {"lr_d", "1e-1"}});
    const auto before = start(settings, data);
    const auto clipped = start(with(settings, {{"clip_gradients", "0.01"}}), data);
    step(*clipped);
    double squares = 0;
    const auto old = before->players().discriminator->parameters(),
               now = clipped->players().discriminator->parameters();
    for (std::size_t i = 0; i < old.size(); ++i)
        squares += (old[i] - now[i]).square().sum().item<double>();
    EXPECT_NEAR(std::sqrt(squares), 0.1 * 0.01, 2e-5);
}

TEST(AdaptiveAugmentation, RisesWhileTheDiscriminatorOverfitsAndResumesExactly) {
    const auto data = stripes(28, 1, 8);
    const Settings settings = with(small("fc", 28, 1), {{"augment", "ada"},
                                                        {"augment_strength", "0"},
                                                        {"ada_kimg", "1"},
                                                        {"ada_target", "0.2"},
                                                        {"lr_d", "1e-2"},
                                                        {"lr_g", "1e-7"}});
    const auto run = start(settings, data);
    steps(*run, 14);
    EXPECT_GT(run->augment_strength(), 0.0);
    const TemporaryDirectory dir;
    ASSERT_TRUE(run->save(dir / ".").ok());
    const auto again = start(settings, data);
    ASSERT_TRUE(again->restore(dir / ".").ok());
    EXPECT_EQ(again->augment_strength(), run->augment_strength());
    steps(*run, 5);
    steps(*again, 5);
    EXPECT_EQ(again->augment_strength(), run->augment_strength());
    EXPECT_TRUE(same(*run, *again));
    ASSERT_TRUE(run->apply({{"augment_strength", 0.9}}).ok());
    EXPECT_EQ(run->augment_strength(), 0.9) << "a person's hand moves it at once";
}

void poison(const torch::nn::Module& network) {
    torch::NoGradGuard no_grad;
    network.parameters()[0].view({-1})[0].fill_(std::numeric_limits<float>::quiet_NaN());
}

TEST(Breakdown, RollsBackToASoundStateHalvesTheRatesAndSaysSo) {
    const auto run = start(small("fc", 28, 1), stripes(28, 1));
    steps(*run, 103);
    poison(*run->players().generator);
    const auto report = step(*run);
    EXPECT_EQ(report.step, 100) << "the state remembered before step 101";
    EXPECT_EQ(run->steps_done(), 100);
    ASSERT_FALSE(report.events.empty());
    EXPECT_EQ(report.events[0].type, "rollback");
    EXPECT_EQ(report.events[0].severity, Severity::Warning);
    EXPECT_EQ(report.events[0].data["from"], 104);
    EXPECT_EQ(report.events[0].data["to"], 100);
    EXPECT_EQ(report.events[0].data["attempt"], 1);
    EXPECT_EQ(run->params().get(kLrG), 1e-4);
    EXPECT_EQ(run->params().get(kLrD), 1e-4);
    EXPECT_EQ(std::count_if(report.events.begin(), report.events.end(),
                            [](const Event& event) { return event.type == "edit"; }),
              2)
        << "both edits are logged";
    EXPECT_TRUE(nn::all_finite(*run->players().generator));
    EXPECT_EQ(step(*run).step, 101) << "and goes on";
}

TEST(Breakdown, EndsAfterThreeAttempts) {
    const auto run = start(small("fc", 28, 1), stripes(28, 1));
    steps(*run, 2);
    for (int attempt = 1; attempt <= 3; ++attempt) {
        poison(*run->players().discriminator);
        EXPECT_EQ(step(*run).events.at(0).data["attempt"], attempt);
        steps(*run, 1);
    }
    poison(*run->players().discriminator);
    const auto broken = run->step();
    ASSERT_FALSE(broken.ok());
    EXPECT_EQ(broken.error().code, ErrorCode::Numeric);
    EXPECT_NE(broken.error().message.find("three times"), std::string::npos);
}

TEST(Breakdown, AfterARollbackTheRunEqualsOneThatNeverBroke) {
    const auto data = stripes(28, 1);
    const auto broken = start(small("fc", 28, 1), data), sound = start(small("fc", 28, 1), data);
    steps(*broken, 105);
    poison(*broken->players().discriminator);
    step(*broken);
    steps(*sound, 100);
    ASSERT_TRUE(sound->apply({{"lr_g", 1e-4}, {"lr_d", 1e-4}}).ok());
    steps(*sound, 5);
    steps(*broken, 5);
    EXPECT_TRUE(same(*broken, *sound));
}

TEST(Breakdown, InfiniteDataIsCaughtWithinOneStep) {
    const auto run =
        start(with(small("fc", 28, 1), {{"lr_d", "0.1"}, {"lr_g", "0.1"}}), stripes(28, 1));
    {
        torch::NoGradGuard no_grad;
        run->players().discriminator->parameters().back().fill_(
            std::numeric_limits<float>::infinity());
    }
    // Damaged from the start there is no sound state to go back to.
    const auto broken = run->step();
    ASSERT_FALSE(broken.ok());
    EXPECT_EQ(broken.error().code, ErrorCode::Numeric);
}

TEST(EvaluationMode, FromItsStepOnBatchNormsKeepTheirAverages) {
    const auto run =
        start(with(small("fc", 28, 1), {{"evaluation_mode_after", "2"}}), stripes(28, 1));
    const auto averages = [&] { return run->players().generator->buffers().front().clone(); };
    const auto first = averages();
    steps(*run, 2);
    const auto second = averages();
    EXPECT_FALSE(torch::equal(first, second));
    steps(*run, 2);
    EXPECT_TRUE(torch::equal(second, averages()));
}

TEST(Combinations, WhatMakesNoSenseIsRefusedWithTheReason) {
    const auto reason = [](const Settings& settings) {
        const Status status = check_params(params_with(settings));
        EXPECT_FALSE(status.ok());
        return status ? std::string() : status.error().message;
    };
    EXPECT_NE(reason(with(small("fc", 28, 1), {{"path_length_weight", "2"}}))
                  .find("intermediate latents"),
              std::string::npos);
    EXPECT_NE(
        reason(with(small("fc", 28, 1), {{"loss", "wasserstein"}, {"label_smoothing", "0.1"}}))
            .find("no target"),
        std::string::npos);
    EXPECT_NE(reason(with(small("fc", 28, 1), {{"conditional", "true"}, {"classes", "10"}}))
                  .find("cannot use classes"),
              std::string::npos);
    const auto run = start(small("fc", 28, 1), stripes(28, 1));
    EXPECT_FALSE(run->apply({{"path_length_weight", 2.0}}).ok()) << "live edits are checked, too";
}

TEST(Describe, TheDrawingAddsUpToTheNetwork) {
    for (const Entry& entry : architectures()) {
        const auto params = params_with(small(entry.id, entry.sizes.front(), 3));
        const auto networks = describe(params);
        ASSERT_TRUE(networks.ok()) << entry.id << ": " << networks.error().message;
        for (const NetworkInfo* network : {&networks->generator, &networks->discriminator}) {
            EXPECT_GT(network->layers.size(), 2u) << entry.id;
            EXPECT_GT(network->parameters, 0) << entry.id;
            EXPECT_GT(network->multiply_adds, 0) << entry.id;
        }
        if (entry.id != "dcgan") continue;
        std::int64_t sum = 0;
        for (const LayerInfo& layer : networks->generator.layers) sum += layer.parameters;
        EXPECT_EQ(sum, networks->generator.parameters);
        EXPECT_EQ(networks->generator.layers.back().output,
                  (std::vector<std::int64_t>{3, entry.sizes.front(), entry.sizes.front()}));
    }
}

TEST(Describe, AnEstimateMeasuresASteps) {
    const auto cost =
        estimate(params_with(with(small("fc", 28, 1), {{"r1_gamma", "1"}, {"r1_every", "4"}})));
    ASSERT_TRUE(cost.ok()) << cost.error().message;
    EXPECT_GT(cost->seconds_per_step, 0);
    EXPECT_GT(cost->pictures_per_second, 0);
    EXPECT_GT(cost->memory_bytes, cost->checkpoint_bytes);
}

}  // namespace
}  // namespace pentimento::gan
