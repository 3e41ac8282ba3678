// Each optimiser alone, on problems whose answer is known.
#include <gtest/gtest.h>

#include <cmath>

#include "core/style/pixel_optimiser.h"

namespace pentimento::style {
namespace {

/// ½Σ a·(x − goal)², with curvatures a that differ by a factor of 1000.
struct Quadratic {
    torch::Tensor goal = torch::linspace(-0.3, 1.3, 300).view({1, 3, 10, 10});
    torch::Tensor curvature = torch::logspace(-2, 1, 300).view({1, 3, 10, 10});
    double unit = 1;

    Evaluation operator()(const torch::Tensor& x) const {
        const auto off = x - goal;
        const auto gradient = curvature * off * unit;
        return {0.5 * unit * (curvature * off * off).sum().item<double>(), gradient,
                gradient.square().mean().sqrt().item<double>()};
    }
    double least() const { return (*this)(goal.clamp(0, 1)).loss; }
};

class Optimiser : public testing::TestWithParam<std::string> {
  protected:
    torch::Tensor start() const { return torch::full({1, 3, 10, 10}, 0.5f); }
};

TEST_P(Optimiser, FindsTheMinimumWithinTheBounds) {
    for (const double unit : {1e-6, 1.0, 1e6}) {  // whatever the loss's scale
        Quadratic problem;
        problem.unit = unit;
        auto picture = start();
        auto optimiser = make_pixel_optimiser(GetParam());
        const double first = problem(picture).loss - problem.least();
        for (int i = 0; i < 400; ++i)
            ASSERT_TRUE(optimiser->step(picture, automatic_rate(GetParam()), problem));
        const auto shown = optimiser->shown(picture);
        EXPECT_GE(shown.min().item<float>(), 0);
        EXPECT_LE(shown.max().item<float>(), 1);
        EXPECT_LT((problem(shown).loss - problem.least()) / first, 0.02)
            << GetParam() << " " << unit;
    }
}

TEST_P(Optimiser, ContinuesExactlyFromItsState) {
    const Quadratic problem;
    auto through = start();
    auto first = make_pixel_optimiser(GetParam());
    for (int i = 0; i < 7; ++i) ASSERT_TRUE(first->step(through, 0.05, problem));
    auto resumed = through.clone();
    auto second = make_pixel_optimiser(GetParam());
    nn::TensorMap saved;
    for (const auto& [name, tensor] : first->state()) saved.emplace(name, tensor.clone());
    ASSERT_TRUE(second->load(saved, resumed, "the test"));
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(first->step(through, 0.05, problem));
        ASSERT_TRUE(second->step(resumed, 0.05, problem));
        ASSERT_TRUE(torch::equal(through, resumed)) << GetParam() << " after " << i;
    }
}

TEST_P(Optimiser, RefusesAStateThatDoesNotFit) {
    const Quadratic problem;
    auto picture = start();
    auto optimiser = make_pixel_optimiser(GetParam());
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(optimiser->step(picture, 0.05, problem));
    nn::TensorMap saved;
    for (const auto& [name, tensor] : optimiser->state())
        saved.emplace(name, tensor.numel() > 3 ? torch::zeros({2, 2}) : tensor.clone());
    const auto before = optimiser->state();
    const auto status = optimiser->load(saved, picture, "the test");
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("the test"), std::string::npos);
    const auto after = optimiser->state();
    ASSERT_EQ(before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i)
        EXPECT_TRUE(torch::equal(before[i].second, after[i].second));
}

TEST_P(Optimiser, NanIsAnErrorAndKeepsThePicture) {
    const Quadratic problem;
    auto picture = start();
    auto optimiser = make_pixel_optimiser(GetParam());
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(optimiser->step(picture, 0.05, problem));
    Status status;
    for (int i = 0; i < 20 && status; ++i)
        status = optimiser->step(picture, 0.05, [&](const torch::Tensor& x) {
            auto evaluation = problem(x);
            evaluation.loss = NAN;
            return evaluation;
        });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::Numeric);
    EXPECT_TRUE(torch::isfinite(picture).all().item<bool>());
}

TEST_P(Optimiser, NothingToDoIsNoError) {
    Quadratic problem;
    problem.goal = start();
    auto picture = start();
    auto optimiser = make_pixel_optimiser(GetParam());
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(optimiser->step(picture, 0.05, problem));
    EXPECT_TRUE(torch::allclose(picture, start(), 0, 1e-6));
}

INSTANTIATE_TEST_SUITE_P(All, Optimiser, testing::Values("adam", "sgd", "lbfgs"),
                         [](const auto& info) { return info.param; });

TEST(Lbfgs, LearnsTheCurvature) {
    const Quadratic problem;
    const auto after = [&](const std::string& id, int steps) {
        auto picture = torch::full({1, 3, 10, 10}, 0.5f);
        auto optimiser = make_pixel_optimiser(id);
        for (int i = 0; i < steps; ++i)
            EXPECT_TRUE(optimiser->step(picture, automatic_rate(id), problem));
        return problem(optimiser->shown(picture)).loss - problem.least();
    };
    EXPECT_LT(after("lbfgs", 60), 0.25 * after("sgd", 60));
}

TEST(Lbfgs, TakesBackAStepThatGoesWrong) {
    // Beyond a wall at 0.6 the loss is enormous; the minimum lies just before it.
    auto picture = torch::full({1, 3, 4, 4}, 0.2f);
    auto optimiser = make_pixel_optimiser("lbfgs");
    const auto wall = [](const torch::Tensor& x) -> Evaluation {
        const bool beyond = x.max().item<float>() > 0.6f;
        const auto gradient = torch::full_like(x, -1);
        return {beyond ? 1e9 : -x.sum().item<double>(), gradient, 1};
    };
    for (int i = 0; i < 120; ++i) ASSERT_TRUE(optimiser->step(picture, 1, wall));
    const auto shown = optimiser->shown(picture);
    EXPECT_LE(shown.max().item<float>(), 0.6f);
    EXPECT_GT(shown.max().item<float>(), 0.5f);
}

}  // namespace
}  // namespace pentimento::style
