// Every distance against plain loops, closed forms and figures worked out by hand.
#include "core/metrics/distances.h"

#include <gtest/gtest.h>

#include "core/tensor/random.h"
#include "tests/metrics/naive.h"

namespace pentimento::metrics {
namespace {

torch::Tensor normals(std::int64_t rows, std::int64_t columns, std::uint64_t index) {
    return torch::randn({rows, columns}, tensor::make_generator(11, tensor::Stream::Noise, index),
                        torch::kFloat32);
}

TEST(KernelDistance, AgreesWithPlainLoops) {
    const auto real = normals(37, 6, 1), made = normals(52, 6, 2) * 1.3 + 0.2;
    const auto expected = naive::kid(naive::rows(real), naive::rows(made));
    EXPECT_NEAR(kernel_distance(real, made, 0).value, expected, 1e-9);
    // More rows than are worked off at once.
    const auto many = normals(1100, 3, 3), others = normals(600, 3, 4) + 0.1;
    EXPECT_NEAR(kernel_distance(many, others, 0).value,
                naive::kid(naive::rows(many), naive::rows(others)), 1e-9);
}

TEST(KernelDistance, IsUnbiasedAndItsErrorIsTheSpreadOfRepetitions) {
    // 60 repetitions with equal distributions, and 60 with different ones.
    for (const double shift : {0.0, 0.5}) {
        std::vector<double> values;
        double error = 0;
        for (std::uint64_t i = 0; i < 60; ++i) {
            const auto found =
                kernel_distance(normals(100, 8, 100 + i), normals(100, 8, 500 + i) + shift, i);
            values.push_back(found.value);
            error += found.error / 60;
        }
        const auto all = torch::tensor(values, torch::kFloat64);
        const double mean = all.mean().item<double>(), spread = all.std().item<double>();
        if (shift == 0.0)
            EXPECT_NEAR(mean, 0, 4 * spread / std::sqrt(60.0));
        else
            EXPECT_GT(mean, 10 * spread / std::sqrt(60.0));
        EXPECT_GT(error, 0.7 * spread) << shift;
        EXPECT_LT(error, (shift == 0.0 ? 2.5 : 1.5) * spread) << shift;
    }
}

TEST(KernelDistance, EqualSeedsGiveEqualErrors) {
    const auto a = normals(40, 4, 1), b = normals(40, 4, 2);
    EXPECT_EQ(kernel_distance(a, b, 7).error, kernel_distance(a, b, 7).error);
    EXPECT_NE(kernel_distance(a, b, 7).error, kernel_distance(a, b, 8).error);
}

TEST(FrechetDistance, HasTheClosedFormOfNormals) {
    // Diagonal covariances: Σ (μ₁−μ₂)² + (σ₁−σ₂)². The samples are made to have these exactly.
    const std::int64_t d = 5;
    const auto exact = [&](std::uint64_t index, const torch::Tensor& mean,
                           const torch::Tensor& scale) {
        auto x = normals(400, d, index).to(torch::kFloat64);
        x = x - x.mean(0);
        const auto q = std::get<0>(torch::linalg_qr(x)) * std::sqrt(399.0);
        return q * scale + mean;
    };
    const auto mean1 = torch::linspace(-1, 1, d, torch::kFloat64), mean2 = mean1 * 2 + 0.5;
    const auto scale1 = torch::linspace(0.5, 3, d, torch::kFloat64), scale2 = scale1.flip(0) * 1.5;
    const double expected =
        ((mean1 - mean2).square() + (scale1 - scale2).square()).sum().item<double>();
    EXPECT_NEAR(
        frechet_distance(fit_normal(exact(1, mean1, scale1)), fit_normal(exact(2, mean2, scale2))),
        expected, 1e-8);
}

TEST(FrechetDistance, AgreesWithTheEigenvaluesOfTheProduct) {
    const auto mix = normals(12, 12, 9);
    const auto a = torch::mm(normals(300, 12, 1), mix),
               b = torch::mm(normals(200, 12, 2), mix.t()) + 1;
    EXPECT_NEAR(frechet_distance(fit_normal(a), fit_normal(b)) / naive::frechet(a, b), 1, 1e-8);
    // Fewer pictures than dimensions: covariances without full rank.
    const auto few = normals(9, 12, 3), fewer = normals(6, 12, 4) + 0.3;
    EXPECT_NEAR(frechet_distance(fit_normal(few), fit_normal(fewer)), naive::frechet(few, fewer),
                1e-5);
    EXPECT_NEAR(frechet_distance(fit_normal(few), fit_normal(a)), naive::frechet(few, a), 1e-5);
    EXPECT_NEAR(frechet_distance(fit_normal(few), fit_normal(few)), 0, 1e-9);
    EXPECT_NEAR(frechet_distance(fit_normal(a), fit_normal(a)), 0, 1e-7);
    // A constant column and a constant set.
    EXPECT_NEAR(frechet_distance(fit_normal(torch::ones({5, 3})), fit_normal(torch::zeros({7, 3}))),
                3, 1e-12);
}

TEST(PrecisionRecall, MatchesFiguresWorkedOutByHand) {
    // On a line, k = 1. Real: 0, 1, 3, 10 with radii 1, 1, 2, 7. Made: 1.5, 5, 5.5, 20 with radii
    // 3.5, 0.5, 0.5, 14.5.
    const auto real = torch::tensor({0.f, 1.f, 3.f, 10.f}).unsqueeze(1);
    const auto made = torch::tensor({1.5f, 5.f, 5.5f, 20.f}).unsqueeze(1);
    const auto real_radii = neighbour_radii(real, 1), made_radii = neighbour_radii(made, 1);
    EXPECT_TRUE(torch::allclose(real_radii, torch::tensor({1., 1., 2., 7.}, torch::kFloat64)));
    EXPECT_TRUE(torch::allclose(made_radii, torch::tensor({3.5, .5, .5, 14.5}, torch::kFloat64)));
    // Made 1.5 lies at 1, 5 and 5.5 at 10's radius of 7 (and 5 at 3's radius, on its edge); 20
    // alone.
    EXPECT_DOUBLE_EQ(covered_share(made, real, real_radii), 0.75);
    // Real 0, 1, 3 lie within 3.5 of 1.5; 10 within 14.5 of 20.
    EXPECT_DOUBLE_EQ(covered_share(real, made, made_radii), 1.0);
    EXPECT_DOUBLE_EQ(covered_share(torch::tensor({{-3.f}, {40.f}}), made, made_radii), 0.0);
}

TEST(PrecisionRecall, AgreesWithPlainLoops) {
    const auto real = normals(60, 3, 1), made = normals(45, 3, 2) * 0.5 + 0.4;
    const auto real_rows = naive::rows(real), made_rows = naive::rows(made);
    for (const int k : {1, 3, 5}) {
        EXPECT_DOUBLE_EQ(covered_share(made, real, neighbour_radii(real, k)),
                         naive::covered(made_rows, real_rows, k));
        EXPECT_DOUBLE_EQ(covered_share(real, made, neighbour_radii(made, k)),
                         naive::covered(real_rows, made_rows, k));
    }
}

TEST(Distances, OfEqualRowsAreZeroAndOthersExact) {
    // Far from the origin, where the expanded square loses digits.
    const auto x = normals(30, 8, 1) + 30;
    const auto found = distances(x, x);
    EXPECT_EQ(found.diagonal().abs().max().item<double>(), 0);
    const auto rows = naive::rows(x);
    for (std::size_t i = 1; i < rows.size(); ++i)
        EXPECT_NEAR(found[0][static_cast<std::int64_t>(i)].item<double>(),
                    naive::distance(rows[0], rows[i]), 1e-9);
}

TEST(Distances, MeanAndNearest) {
    const auto x = normals(600, 4, 1), y = normals(20, 4, 2);
    EXPECT_NEAR(mean_pairwise_distance(x), naive::mean_pairwise(naive::rows(x)), 1e-9);
    const auto all = distances(y, x);
    EXPECT_TRUE(torch::equal(nearest_distances(y, x), std::get<0>(all.min(1))));

    // Pools with mirror images: row i and row i + 3 belong to picture i.
    const auto pool = torch::tensor({0.f, 5.f, 11.f, 0.1f, 5.3f, 12.f}).unsqueeze(1);
    const auto queries = pool.slice(0, 0, 3);
    EXPECT_TRUE(
        torch::allclose(nearest_other_distances(queries, pool, torch::arange(3, torch::kInt64), 3),
                        torch::tensor({5., 4.9, 5.7}, torch::kFloat64), 1e-5, 1e-5));
    EXPECT_TRUE(
        torch::allclose(nearest_other_distances(queries, pool, torch::arange(3, torch::kInt64), 6),
                        torch::tensor({.1, .3, 1.}, torch::kFloat64), 1e-5, 1e-5));
}

TEST(Distances, MedianOfOddEvenAndNone) {
    EXPECT_EQ(median_of(torch::tensor({3.f, 1.f, 2.f})), 2);
    EXPECT_EQ(median_of(torch::tensor({4.f, 1.f, 2.f, 3.f})), 2.5);
    EXPECT_TRUE(std::isnan(median_of(torch::empty({0}))));
}

}  // namespace
}  // namespace pentimento::metrics
