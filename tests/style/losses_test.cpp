// The terms against values worked out by hand.
#include "core/style/losses.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/style/statistics.h"
#include "core/style/working_picture.h"
#include "tests/style/tiny_network.h"

namespace pentimento::style {
namespace {

using torch::Tensor;

Tensor features_like(std::int64_t channels, std::int64_t places, std::uint64_t seed) {
    torch::manual_seed(seed);
    return torch::mm(torch::randn({channels, channels}), torch::rand({channels, places})).relu() +
           0.1;
}

Moments moments_of(StyleLoss kind, const Tensor& features, const Tensor& mask = {}) {
    Moments moments;
    moments.add(kind, features, mask);
    return moments;
}

constexpr StyleLoss kKinds[] = {StyleLoss::Gram, StyleLoss::MeanStd, StyleLoss::MeanCov};

TEST(Statistics, GramMatrixByHand) {
    const auto features = torch::tensor({1.f, 2.f, 3.f, 4.f, 0.f, 1.f, 0.f, 1.f}).view({2, 4});
    const auto gram = make_target(StyleLoss::Gram, moments_of(StyleLoss::Gram, features)).spread;
    EXPECT_FLOAT_EQ(gram[0][0].item<float>(), 30 / 8.f);  // C·N = 8
    EXPECT_FLOAT_EQ(gram[0][1].item<float>(), 6 / 8.f);
    EXPECT_FLOAT_EQ(gram[1][0].item<float>(), 6 / 8.f);
    EXPECT_FLOAT_EQ(gram[1][1].item<float>(), 2 / 8.f);
}

TEST(Statistics, MeanStdAndCovarianceByHand) {
    const auto features = torch::tensor({1.f, 3.f, 1.f, 3.f, 0.f, 4.f, 4.f, 0.f}).view({2, 4});
    const auto std = make_target(StyleLoss::MeanStd, moments_of(StyleLoss::MeanStd, features));
    EXPECT_TRUE(torch::allclose(std.mean, torch::tensor({2.f, 2.f})));
    EXPECT_TRUE(torch::allclose(std.spread, torch::tensor({1.f, 2.f})));
    const auto cov = make_target(StyleLoss::MeanCov, moments_of(StyleLoss::MeanCov, features));
    EXPECT_TRUE(torch::allclose(cov.spread, torch::tensor({{1.f, 0.f}, {0.f, 4.f}}), 0, 1e-6));
    // Of diagonal Gaussians the distance is that of means and deviations.
    const auto other = torch::tensor({5.f, 7.f, 9.f, 3.f, 0.f, 4.f, 0.f, 4.f}).view({2, 4});
    const auto distance = [&](StyleLoss kind) {
        return compare(kind, LossScale::Sum, moments_of(kind, other),
                       make_target(kind, moments_of(kind, features)))
            .value.item<double>();
    };
    const double wanted = 4 * 4 + std::pow(std::sqrt(5) - 1, 2);
    EXPECT_NEAR(distance(StyleLoss::MeanStd), wanted, 1e-3 * wanted);
    const double covariance = -2.0;  // of `other`'s channels
    EXPECT_NEAR(moments_of(StyleLoss::MeanCov, other).products[0][1].item<double>() / 4 - 6 * 2,
                covariance, 1e-5);
    EXPECT_GT(distance(StyleLoss::MeanCov), wanted) << "the channels now vary together";
}

TEST(Statistics, DoNotDependOnTheSizeAndAddUp) {
    const auto features = features_like(6, 40, 1);
    for (const auto kind : kKinds) {
        const auto target = make_target(kind, moments_of(kind, features));
        const auto larger = make_target(kind, moments_of(kind, features.repeat({1, 3})));
        EXPECT_TRUE(torch::allclose(target.spread, larger.spread, 1e-4, 1e-5));
        Moments parts;
        parts.add(kind, features.narrow(1, 0, 13), {});
        parts.add(kind, features.narrow(1, 13, 27), {});
        EXPECT_TRUE(torch::allclose(target.spread, make_target(kind, parts).spread, 1e-4, 1e-5));
        // A mask of zeros and ones chooses places; its mass takes the place of their number.
        const auto mask = (torch::arange(40) < 13).to(torch::kFloat32);
        EXPECT_TRUE(torch::allclose(
            make_target(kind, moments_of(kind, features, mask)).spread,
            make_target(kind, moments_of(kind, features.narrow(1, 0, 13))).spread, 1e-4, 1e-5));
    }
}

TEST(Statistics, DistanceIsZeroForEqualAndOneForNothing) {
    const auto features = features_like(6, 500, 2);
    for (const auto kind : kKinds) {
        const auto target = make_target(kind, moments_of(kind, features));
        const auto distance = [&](const Tensor& other) {
            return compare(kind, LossScale::Relative, moments_of(kind, other), target)
                .value.item<double>();
        };
        // What the distance of covariances damps is missing.
        EXPECT_NEAR(distance(features), 0, kind == StyleLoss::MeanCov ? 4e-3 : 1e-3);
        EXPECT_NEAR(distance(torch::zeros_like(features)), 1, 0.05);
        EXPECT_GT(distance(features_like(6, 500, 3)), 0.02);
    }
}

/// The distances once more, for autograd and in float64; the square root by eigenvalues.
Tensor reference(StyleLoss kind, const Tensor& f, const Tensor& mask, const StyleTarget& target) {
    const auto m =
        mask.defined() ? mask.to(torch::kFloat64) : torch::ones({f.size(1)}, f.options());
    const auto mass = m.sum();
    if (kind == StyleLoss::Gram)
        return (torch::mm(f * m, f.t()) / (mass * f.size(0)) - target.spread).square().sum();
    const auto mean = (f * m).sum(1) / mass;
    const auto off = f - mean.unsqueeze(1);
    const auto first = (mean - target.mean).square().sum();
    if (kind == StyleLoss::MeanStd) {
        const auto std = ((off.square() * m).sum(1) / mass + target.epsilon).sqrt();
        return first + (std - (target.spread.to(torch::kFloat64).square() + target.epsilon).sqrt())
                           .square()
                           .sum();
    }
    const auto lift = target.epsilon * torch::eye(f.size(0), f.options());
    const auto covariance = torch::mm(off * m, off.t()) / mass + lift;
    const auto root = target.root.to(torch::kFloat64);
    const auto roots =
        at::linalg_eigvalsh(torch::mm(torch::mm(root, covariance), root)).clamp_min(0).sqrt();
    return first + covariance.trace() + (target.spread + lift).trace() - 2 * roots.sum();
}

TEST(Statistics, ClosedGradientsEqualAutogradAndFiniteDifferences) {
    for (const auto kind : kKinds)
        for (const bool masked : {false, true}) {
            // Channels that vary alike: nothing is damped.
            const auto varied = [](std::int64_t places, std::uint64_t seed) {
                torch::manual_seed(seed);
                return torch::linspace(0.7, 1.3, 8).unsqueeze(1) * torch::rand({8, places});
            };
            const auto target = make_target(kind, moments_of(kind, varied(300, 4)));
            const auto features = varied(200, 5);
            const auto mask = masked ? torch::linspace(0, 1, 200) : Tensor();
            const auto result =
                compare(kind, LossScale::Sum, moments_of(kind, features, mask), target);
            const auto closed = result.at(features, mask).to(torch::kFloat64);

            const auto x = features.to(torch::kFloat64).requires_grad_(true);
            const auto loss = reference(kind, x, mask, target);
            const auto wanted = torch::autograd::grad({loss}, {x})[0];
            const int id = static_cast<int>(kind);
            EXPECT_NEAR(result.value.item<double>(), loss.item<double>(),
                        2e-3 * loss.item<double>())
                << id;
            EXPECT_LT(((closed - wanted).norm() / wanted.norm()).item<double>(), 2e-3)
                << id << " " << masked;

            torch::NoGradGuard no_grad;
            const auto direction = torch::randn({8, 200}, torch::kFloat64);
            const auto moved = [&](double step) {
                return reference(kind, x + step * direction, mask, target).item<double>();
            };
            const double slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            const double size = (wanted.norm() * direction.norm()).item<double>();
            EXPECT_LT(std::abs((closed * direction).sum().item<double>() - slope), 1e-3 * size)
                << id << " " << masked;
        }
}

TEST(Statistics, NewtonSchulzFindsTheRoots) {
    torch::manual_seed(6);
    const auto a = torch::randn({40, 200});
    const auto matrix = torch::mm(a, a.t()) / 200;
    const auto [root, inverse] = newton_schulz(matrix, 12);
    EXPECT_TRUE(torch::allclose(torch::mm(root, root), matrix, 1e-3, 1e-3));
    EXPECT_TRUE(torch::allclose(torch::mm(root, inverse), torch::eye(40), 1e-3, 1e-3));
    // A singular matrix gives large numbers, not infinite ones.
    const auto [flat, steep] = newton_schulz(torch::ones({5, 5}), 12);
    EXPECT_TRUE(torch::isfinite(flat).all().item<bool>() &&
                torch::isfinite(steep).all().item<bool>());
}

TEST(Statistics, TargetsMix) {
    const auto a = features_like(4, 50, 7), b = features_like(4, 50, 8);
    for (const auto kind : kKinds) {
        const std::vector<StyleTarget> both{make_target(kind, moments_of(kind, a)),
                                            make_target(kind, moments_of(kind, b))};
        EXPECT_TRUE(torch::equal(mix(kind, both, {0, 1}).spread, both[1].spread));
        const auto half = mix(kind, both, {0.5, 0.5});
        EXPECT_TRUE(torch::allclose(half.spread, (both[0].spread + both[1].spread) / 2));
        EXPECT_GT(half.unit.item<double>(), 0);
    }
    EXPECT_THROW(parse_style_loss("nonsense"), std::invalid_argument);
}

TEST(Losses, TotalVariationByHand) {
    auto picture = torch::zeros({1, 3, 2, 2});
    picture[0][1][0][1] = 2;  // one vertical and one horizontal neighbour, each 2 away
    const auto value = [&](TvLoss kind, LossScale scale) {
        auto unused = torch::zeros_like(picture);
        return total_variation(picture, kind, scale, 0, unused).item<float>();
    };
    EXPECT_FLOAT_EQ(value(TvLoss::Squared, LossScale::Sum), 8);
    EXPECT_FLOAT_EQ(value(TvLoss::Squared, LossScale::Relative), 8 / 6.f);
    EXPECT_FLOAT_EQ(value(TvLoss::Absolute, LossScale::Sum), 4);
    picture = torch::full({1, 3, 4, 4}, 0.3f);
    EXPECT_EQ(value(TvLoss::Absolute, LossScale::Sum), 0);
}

TEST(Losses, TotalVariationHasItsGradient) {
    torch::manual_seed(9);
    const auto picture = torch::rand({1, 3, 7, 5}, torch::kFloat64);
    const auto direction = torch::randn_like(picture);
    for (const auto kind : {TvLoss::Squared, TvLoss::Absolute})
        for (const auto scale : {LossScale::Relative, LossScale::Sum}) {
            auto gradient = torch::ones_like(picture), unused = torch::zeros_like(picture);
            total_variation(picture, kind, scale, 3, gradient);
            const auto at = [&](double step) {
                return 3 * total_variation(picture + step * direction, kind, scale, 0, unused)
                               .item<double>();
            };
            EXPECT_NEAR(((gradient - 1) * direction).sum().item<double>(),
                        (at(1e-7) - at(-1e-7)) / 2e-7, 1e-5)
                << "it is added to what is there";
        }
}

TEST(Losses, LayerWeights) {
    const std::vector<std::int64_t> channels{64, 128, 256, 512, 512};
    for (const char* kind : {"equal", "shallow", "deep", "gatys"}) {
        const auto weights = layer_weights(kind, channels);
        EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-12) << kind;
    }
    const auto shallow = layer_weights("shallow", channels);
    EXPECT_NEAR(shallow[0] / shallow[4], 256, 1e-9);
    EXPECT_GT(layer_weights("deep", channels)[4], layer_weights("deep", channels)[0]);
    EXPECT_NEAR(layer_weights("gatys", channels)[0] / layer_weights("gatys", channels)[4], 64,
                1e-9);
    EXPECT_EQ(layer_weights("cs231n", {64, 128, 256, 256}),
              (std::vector<double>{20000, 500, 12, 1}));
    EXPECT_THROW(layer_weights("nonsense", channels), std::invalid_argument);
}

TEST(WorkingPicture, KeepsProportionsAndColours) {
    const auto flat = Frame::from_rgba(300, 120, [] {
        std::vector<std::uint8_t> rgba;
        for (int i = 0; i < 300 * 120; ++i) rgba.insert(rgba.end(), {200, 100, 50, 255});
        return rgba;
    }());
    for (const int edge : {64, 100, 300, 512}) {
        const auto picture = resized_to_edge(flat, edge, 16, "It");
        ASSERT_TRUE(picture) << picture.error().message;
        EXPECT_EQ(picture->size(3), edge);
        EXPECT_NEAR(static_cast<double>(picture->size(2)), edge * 0.4, 0.51);
        EXPECT_NEAR((*picture)[0][0].mean().item<double>(), 200 / 255.0, 1e-3);
        EXPECT_NEAR((*picture)[0][2].max().item<double>(), 50 / 255.0, 1e-3);
    }
}

TEST(WorkingPicture, ShrinksLargeFramesWithoutAliasing) {
    // A checkerboard of single pixels must become even grey.
    std::vector<std::uint8_t> rgba;
    for (int y = 0; y < 1000; ++y)
        for (int x = 0; x < 1500; ++x) {
            const std::uint8_t v = (x + y) % 2 ? 255 : 0;
            rgba.insert(rgba.end(), {v, v, v, 255});
        }
    const auto small = resized(Frame::from_rgba(1500, 1000, std::move(rgba)), 75, 50);
    EXPECT_NEAR(small.min().item<double>(), 0.5, 0.02);
    EXPECT_NEAR(small.max().item<double>(), 0.5, 0.02);
}

TEST(WorkingPicture, TransparentPixelsAreWhite) {
    for (const int size : {64, 640}) {
        const auto clear = Frame::from_rgba(
            size, size, std::vector<std::uint8_t>(static_cast<std::size_t>(size) * size * 4, 0));
        EXPECT_EQ(resized(clear, 64, 64).min().item<float>(), 1) << size;
    }
}

TEST(WorkingPicture, RefusesStrips) {
    const auto strip = resized_to_edge(waves_frame(1000, 20, 0.1), 256, 32, "The content picture");
    ASSERT_FALSE(strip);
    EXPECT_NE(strip.error().message.find("256 × 5 px"), std::string::npos) << strip.error().message;
    EXPECT_FALSE(resized_to_edge(Frame{}, 256, 32, "The content picture"));
}

}  // namespace
}  // namespace pentimento::style
