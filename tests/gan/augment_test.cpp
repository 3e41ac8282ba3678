// What every registered augmentation must hold to, and what each is said to do.
#include "core/gan/augment/augment.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/gan/augment/warp.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;
using torch::autograd::grad;

torch::Generator seeded(std::uint64_t seed) {
    return at::detail::createCPUGenerator(seed);
}

/// Smooth pictures, alike at every size: a few waves across.
Tensor waves(std::int64_t count, std::int64_t channels, std::int64_t size,
             torch::ScalarType type = torch::kFloat32) {
    const Tensor coefficients = torch::randn({count, channels, 3}, seeded(77), torch::kFloat64)
                                    .view({count, channels, 3, 1, 1});
    const Tensor line = ((torch::arange(size, torch::kFloat64) + .5) / size) * 6.28318;
    const Tensor x = line.view({1, size}), y = line.view({size, 1});
    const Tensor basis =
        torch::stack({x.sin().expand({size, size}), y.cos().expand({size, size}), (x + y).sin()});
    return (coefficients * basis).sum(2).mul(.4).tanh().to(type);
}

class Augmentations : public testing::TestWithParam<std::string> {
  protected:
    const Augmentation& augmentation_ = *augmentation_registry().find(GetParam());
};

TEST_P(Augmentations, AtStrengthZeroAreTheIdentity) {
    for (const int channels : {1, 3}) {
        const Tensor x = waves(8, channels, 16);
        EXPECT_TRUE(torch::equal(augmentation_.apply(x, 0, seeded(1)), x));
    }
}

TEST_P(Augmentations, KeepShapesAndStayFiniteAndDependOnTheSeedOnly) {
    for (const int channels : {1, 3})
        for (const int size : {4, 28, 64}) {
            const Tensor x = waves(16, channels, size);
            const Tensor y = augmentation_.apply(x, 1, seeded(1));
            ASSERT_EQ(y.sizes(), x.sizes());
            EXPECT_TRUE(torch::isfinite(y).all().item<bool>());
            EXPECT_LT(y.abs().max().item<double>(), 50);
            EXPECT_TRUE(torch::equal(y, augmentation_.apply(x, 1, seeded(1))));
            if (GetParam() != "none") {
                EXPECT_FALSE(torch::equal(y, augmentation_.apply(x, 1, seeded(2))));
            }
        }
}

TEST_P(Augmentations, HaveTheGradientOfFiniteDifferencesAndASecondOne) {
    for (const int channels : {1, 3}) {
        const Tensor x = waves(6, channels, 12, torch::kFloat64).requires_grad_();
        const auto value = [&](const Tensor& pictures) {
            return augmentation_.apply(pictures, .7, seeded(5)).pow(3).sum();
        };
        const Tensor first = grad({value(x)}, {x}, {}, true, true)[0];
        const Tensor direction = torch::randn(x.sizes(), seeded(6), torch::kFloat64);
        const Tensor ahead = x.detach() + 1e-5 * direction, back = x.detach() - 1e-5 * direction;
        const double slope = ((value(ahead) - value(back)) / 2e-5).item<double>();
        EXPECT_NEAR((first * direction).sum().item<double>(), slope, 1e-5 * std::abs(slope) + 1e-6);

        const auto slope_at = [&](const Tensor& at) {
            const Tensor p = at.clone().requires_grad_();
            return grad({value(p)}, {p})[0].square().sum();
        };
        const double curvature = ((slope_at(ahead) - slope_at(back)) / 2e-5).item<double>();
        const Tensor second = grad({first.square().sum()}, {x})[0];
        EXPECT_NEAR((second * direction).sum().item<double>(), curvature,
                    1e-5 * std::abs(curvature) + 1e-6);
    }
}

TEST_P(Augmentations, TransformEverySizeAlike) {
    for (const int channels : {1, 3}) {
        const Tensor large = augmentation_.apply(waves(24, channels, 128), 1, seeded(3));
        const Tensor small = augmentation_.apply(waves(24, channels, 64), 1, seeded(3));
        const Tensor shrunk = at::avg_pool2d(large, 2);
        // Edges of cutouts and shifts rounded to pixels may differ; other draws would differ
        // everywhere.
        const double same = (shrunk - small).abs().mean().item<double>();
        const double scale = (small - small.roll(1, 0)).abs().mean().item<double>();
        EXPECT_LT(same, .08 * scale);
    }
}

TEST_P(Augmentations, ChangeMorePicturesTheStrongerTheyAre) {
    if (GetParam() == "none") return;
    const Tensor x = waves(400, 3, 8);
    double last = 0;
    for (const double strength : {.05, .3, 1.}) {
        const Tensor y = augmentation_.apply(x, strength, seeded(4));
        const double share =
            ((y - x).abs().amax({1, 2, 3}) > 1e-5).to(torch::kFloat64).mean().item<double>();
        EXPECT_GT(share, last);
        last = share;
    }
    EXPECT_GT(last, .99);
}

TEST_P(Augmentations, DrawTheSameNumbersWhateverTheStrength) {
    if (GetParam() == "none") return;
    // Whatever is done at a low strength is done at a higher one, too: the generator ends alike.
    auto a = seeded(4), b = seeded(4);
    augmentation_.apply(waves(5, 3, 8), .1, a);
    augmentation_.apply(waves(5, 1, 32), .9, b);
    EXPECT_TRUE(torch::equal(torch::rand({4}, a), torch::rand({4}, b)));
}

INSTANTIATE_TEST_SUITE_P(All, Augmentations, testing::ValuesIn([] {
                             std::vector<std::string> ids;
                             for (const Entry& entry : augmentations()) ids.push_back(entry.id);
                             return ids;
                         }()));

TEST(Registry, HoldsTheAugmentations) {
    ASSERT_EQ(augmentations().size(), 3u);
    for (const Entry& entry : augmentations()) {
        EXPECT_FALSE(entry.label.empty());
        EXPECT_GT(entry.help.size(), 60u);
        EXPECT_EQ(entry.id == "none", entry.reference.empty());
    }
    EXPECT_TRUE(augmentation_registry().find("ada")->adaptive);
    EXPECT_FALSE(augmentation_registry().find("diffaugment")->adaptive);
}

TEST(DiffAugment, HasThePapersStatistics) {
    const auto& apply = augmentation_registry().find("diffaugment")->apply;
    // On grey of 1 only brightness, the shift's zeros and the cutout act.
    const std::int64_t count = 3000, size = 16;
    const Tensor y = apply(torch::ones({count, 3, size, size}), 1, seeded(1));
    const Tensor levels = y.amax({1, 2, 3});
    EXPECT_NEAR(levels.min().item<double>(), .5, .01);
    EXPECT_NEAR(levels.max().item<double>(), 1.5, .01);
    EXPECT_NEAR(levels.mean().item<double>(), 1, .02);
    // A square of half the size whose centre is anywhere covers on average (7/16)² of the picture;
    // the shift of up to an eighth leaves (1 − 1/16)² of the rest.
    const double shown = (y.select(1, 0) != 0).to(torch::kFloat64).mean().item<double>();
    EXPECT_NEAR(shown, (1 - std::pow(7. / 16, 2)) * std::pow(15. / 16, 2), .015);

    // Contrast: the standard deviation's factor is in [.5, 1.5]; saturation leaves grey alone.
    const Tensor checker =
        ((torch::arange(2) * 2 - 1).view({1, 2}).repeat({size, size / 2})).to(torch::kFloat32);
    const Tensor z = apply(checker.expand({count, 3, size, size}).contiguous(), 1, seeded(2));
    const Tensor spread = (z.amax({1, 2, 3}) - z.amin({1, 2, 3})) / 2;
    EXPECT_LE(spread.max().item<double>(), 1.51);
    EXPECT_NEAR((z.select(1, 0) - z.select(1, 2)).abs().max().item<double>(), 0, 1e-5);
}

TEST(DiffAugment, SaturationMovesColoursAwayFromTheirGrey) {
    const auto& apply = augmentation_registry().find("diffaugment")->apply;
    Tensor x = torch::zeros({2000, 3, 8, 8});
    x.select(1, 0).fill_(.3);
    x.select(1, 2).fill_(-.3);
    const Tensor y = apply(x, 1, seeded(3));
    // Contrast is about the picture's mean (0), with a factor of its own.
    const Tensor difference = (y.select(1, 0) - y.select(1, 2)).amax({1, 2});
    EXPECT_GE(difference.min().item<double>(), -1e-6);
    EXPECT_LE(difference.max().item<double>(), .6 * 2 * 1.5);
    EXPECT_NEAR(difference.mean().item<double>(), .6, .05);
}

TEST(Ada, FlipsTurnsAndWholeShiftsCopyPixels) {
    // In a weak run, most pictures that change do so in one way only. Noise shows any blur.
    const auto& apply = augmentation_registry().find("ada")->apply;
    const std::int64_t count = 600, size = 32;
    const Tensor x = torch::randn({count, 1, size, size}, seeded(9), torch::kFloat32);
    const Tensor y = apply(x, .06, seeded(2));
    const auto alike = [](const Tensor& a, const Tensor& b, double tolerance) {
        return ((a - b).abs().amax({1, 2, 3}) <= tolerance).sum().item<int>();
    };
    int turned[8], shifted = 0;
    for (int way = 0; way < 8; ++way)
        turned[way] = alike((way >= 4 ? x.flip({3}) : x).rot90(way % 4, {2, 3}), y, 0);
    const auto inner = [](const Tensor& p, std::int64_t right, std::int64_t down) {
        return p.narrow(2, 6 + down, 20).narrow(3, 6 + right, 20);
    };
    for (int right = -4; right <= 4; ++right)
        for (int down = -4; down <= 4; ++down)
            if (right != 0 || down != 0)
                shifted += alike(inner(y, right, down), inner(x, 0, 0), 1e-3);
    // Nothing at all: .94 for each of six transformations (the two rotations are one), .97 for each
    // of two that do nothing half of the time, .955 for the turns, .941 for the shifts.
    const double still = count * std::pow(.94, 6) * .97 * .97 * .955 * .941;
    EXPECT_NEAR(turned[0], still, 40);
    for (int way : {1, 2, 3}) EXPECT_NEAR(turned[way], still * .015 / .955, 5.4) << way;
    EXPECT_NEAR(turned[4], still * .03 / .97, 9);
    EXPECT_NEAR(shifted, still * .059 / .941, 14);
}

TEST(Ada, HasThePapersColourStatistics) {
    const auto& apply = augmentation_registry().find("ada")->apply;
    const std::int64_t count = 4000;
    // A flat grey picture shows contrast·(±1)·(value + brightness), whatever the geometry.
    const auto level = [&](double value) {
        return apply(torch::full({count, 1, 4, 4}, value, torch::kFloat64), 1, seeded(1))
            .mean({1, 2, 3});
    };
    const Tensor zero = level(0), one = level(1);
    const Tensor factor = one - zero, brightness = zero / factor;
    EXPECT_NEAR(brightness.std().item<double>(), .2, .01);
    EXPECT_NEAR(brightness.mean().item<double>(), 0, .01);
    EXPECT_NEAR(factor.abs().log2().std().item<double>(), .5, .02);
    EXPECT_NEAR((factor < 0).to(torch::kFloat64).mean().item<double>(), .5, .03);

    // Colour: grey stays grey; the length across the grey axis changes by contrast·saturation, its
    // direction turns evenly.
    Tensor colour = torch::zeros({count, 3, 4, 4}, torch::kFloat64);
    colour.select(1, 0).fill_(1);
    const Tensor y = apply(colour, 1, seeded(1)).mean({2, 3});
    const Tensor across = y - y.mean(1, true);
    const Tensor original = torch::tensor({2. / 3, -1. / 3, -1. / 3}, torch::kFloat64);
    const Tensor growth = across.norm(2, 1) / original.norm() / factor.abs();
    EXPECT_NEAR(growth.log2().std().item<double>(), 1, .04);
    const Tensor cosine = across.mv(original) / across.norm(2, 1) / original.norm();
    EXPECT_NEAR(cosine.mean().item<double>(), 0, .04);
    EXPECT_NEAR(cosine.std().item<double>(), std::sqrt(.5), .02);
    const Tensor grey = apply(torch::full({50, 3, 4, 4}, .4, torch::kFloat64), 1, seeded(1));
    EXPECT_LT((grey - grey.mean(1, true)).abs().max().item<double>(), 1e-10);
}

TEST(Warp, SamplesWhereTheGridSays) {
    const Tensor x = torch::arange(16, torch::kFloat32).view({1, 1, 4, 4});
    const Tensor theta = torch::tensor({-1.f, 0.f, 0.f, 0.f, 1.f, 0.f}).view({1, 2, 3});
    const Tensor grid = at::affine_grid_generator(theta, {1, 1, 4, 4}, false);
    EXPECT_TRUE(torch::allclose(sample_at(x, grid, Sampling::Bilinear, Outside::Mirror),
                                x.flip({3}), 1e-5, 1e-5));
    const Tensor beyond = torch::full({1, 1, 1, 2}, 3.f);
    EXPECT_EQ(sample_at(x, beyond, Sampling::Nearest, Outside::Zero).item<float>(), 0.f);
}

}  // namespace
}  // namespace pentimento::gan
