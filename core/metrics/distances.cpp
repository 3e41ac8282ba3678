// Distances between sets of features. Large sets are worked off in rows, so that no N×N matrix is
// ever kept.
#include "core/metrics/distances.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/base/random.h"

namespace pentimento::metrics {
namespace {

constexpr std::int64_t kRows = 512;
constexpr std::int64_t kHalves = 100;
constexpr double kEqual =
    1e-10;  // of squared distances: float32 features of one picture agree so far
constexpr double kInfinity = std::numeric_limits<double>::infinity();

torch::Tensor wide(const torch::Tensor& features) {
    return features.detach().to(torch::kCPU, torch::kFloat64);
}

/// Columns of 0 and 1: first everything, then random halves.
torch::Tensor subsets(std::int64_t rows, std::uint64_t seed, std::uint64_t purpose) {
    torch::Tensor chosen = torch::zeros({rows, 1 + kHalves}, torch::kFloat64);
    chosen.select(1, 0).fill_(1);
    auto at = chosen.accessor<double, 2>();
    for (std::int64_t k = 1; k <= kHalves; ++k) {
        const auto order =
            random_permutation(static_cast<std::uint32_t>(rows),
                               derive_seed(seed, purpose, static_cast<std::uint64_t>(k)));
        for (std::int64_t i = 0; i < rows / 2; ++i) at[order[static_cast<std::size_t>(i)]][k] = 1;
    }
    return chosen;
}

/// Σᵢⱼ sᵢ K(xᵢ, yⱼ) tⱼ for every column of s and t.
torch::Tensor kernel_sums(const torch::Tensor& x, const torch::Tensor& y, const torch::Tensor& s,
                          const torch::Tensor& t) {
    const double scale = 1.0 / static_cast<double>(x.size(1));
    torch::Tensor sums = torch::zeros({s.size(1)}, torch::kFloat64);
    for (std::int64_t i = 0; i < x.size(0); i += kRows) {
        const auto rows = x.slice(0, i, i + kRows);
        const auto kernel = torch::mm(rows, y.t()).mul_(scale).add_(1).pow_(3);
        sums += (torch::mm(kernel, t) * s.slice(0, i, i + kRows)).sum(0);
    }
    return sums;
}

/// Mean of K over different members, for every column of s: eq. 4's first two terms.
torch::Tensor kernel_means(const torch::Tensor& x, const torch::Tensor& s) {
    const auto own = x.square().sum(1, true).div(x.size(1)).add(1).pow(3);
    const auto count = s.sum(0);
    return (kernel_sums(x, x, s, s) - (own * s).sum(0)) / (count * (count - 1));
}

torch::Tensor squared_distances(const torch::Tensor& a, const torch::Tensor& b) {
    const auto size = a.square().sum(1, true) + b.square().sum(1, true).t();
    const auto squared = torch::addmm(size, a, b.t(), 1, -2);
    return squared.masked_fill_(squared <= size * kEqual, 0);
}

/// Calls work(first row, distances of up to kRows rows of a to all of b).
template <class Work>
void by_rows(const torch::Tensor& a, const torch::Tensor& b, Work&& work) {
    const auto left = wide(a), right = wide(b);
    for (std::int64_t i = 0; i < left.size(0); i += kRows)
        work(i, squared_distances(left.slice(0, i, i + kRows), right).sqrt_());
}

}  // namespace

Estimate kernel_distance(const torch::Tensor& real, const torch::Tensor& made, std::uint64_t seed) {
    const auto x = wide(real), y = wide(made);
    const auto s = subsets(x.size(0), seed, 1), t = subsets(y.size(0), seed, 2);
    const auto all = kernel_means(x, s) + kernel_means(y, t) -
                     2 * kernel_sums(x, y, s, t) / (s.sum(0) * t.sum(0));
    const auto halves = all.slice(0, 1);
    return {all[0].item<double>(), halves.std().item<double>()};
}

NormalFit fit_normal(const torch::Tensor& features) {
    const auto x = wide(features);
    const double degrees = static_cast<double>(x.size(0) - 1);
    NormalFit fit;
    fit.mean = x.mean(0);
    const auto centred = (x - fit.mean) / std::sqrt(degrees);
    fit.trace = centred.square().sum().item<double>();
    if (x.size(0) < x.size(1)) {
        fit.factor = centred.t().contiguous();
    } else {
        auto [values, vectors] = torch::linalg_eigh(torch::mm(centred.t(), centred));
        fit.factor = vectors * values.clamp_min(0).sqrt();
    }
    return fit;
}

double frechet_distance(const NormalFit& a, const NormalFit& b) {
    const double root =
        torch::linalg_svdvals(torch::mm(a.factor.t(), b.factor)).sum().item<double>();
    const double distance =
        (a.mean - b.mean).square().sum().item<double>() + a.trace + b.trace - 2 * root;
    return std::max(0.0, distance);
}

torch::Tensor distances(const torch::Tensor& a, const torch::Tensor& b) {
    return squared_distances(wide(a), wide(b)).sqrt_();
}

torch::Tensor neighbour_radii(const torch::Tensor& features, int k) {
    std::vector<torch::Tensor> radii;
    by_rows(features, features, [&](std::int64_t first, torch::Tensor rows) {
        rows.diagonal(first).fill_(kInfinity);
        radii.push_back(std::get<0>(rows.kthvalue(k, 1)));
    });
    return torch::cat(radii);
}

double covered_share(const torch::Tensor& probes, const torch::Tensor& centres,
                     const torch::Tensor& radii) {
    std::int64_t covered = 0;
    by_rows(probes, centres, [&](std::int64_t, const torch::Tensor& rows) {
        covered += (rows <= radii).any(1).sum().item<std::int64_t>();
    });
    return static_cast<double>(covered) / static_cast<double>(probes.size(0));
}

double mean_pairwise_distance(const torch::Tensor& features) {
    double sum = 0;
    by_rows(features, features,
            [&](std::int64_t, const torch::Tensor& rows) { sum += rows.sum().item<double>(); });
    const auto count = static_cast<double>(features.size(0));
    return sum / (count * (count - 1));
}

torch::Tensor nearest_distances(const torch::Tensor& queries, const torch::Tensor& pool) {
    std::vector<torch::Tensor> nearest;
    by_rows(queries, pool, [&](std::int64_t, const torch::Tensor& rows) {
        nearest.push_back(std::get<0>(rows.min(1)));
    });
    return torch::cat(nearest);
}

torch::Tensor nearest_other_distances(const torch::Tensor& queries, const torch::Tensor& pool,
                                      const torch::Tensor& own, std::int64_t group) {
    const auto members = torch::arange(pool.size(0), torch::kInt64).remainder(group).unsqueeze(0);
    std::vector<torch::Tensor> nearest;
    by_rows(queries, pool, [&](std::int64_t first, torch::Tensor rows) {
        const auto left_out = members == own.slice(0, first, first + rows.size(0)).unsqueeze(1);
        nearest.push_back(std::get<0>(rows.masked_fill_(left_out, kInfinity).min(1)));
    });
    return torch::cat(nearest);
}

double median_of(const torch::Tensor& values) {
    const auto count = values.numel();
    if (count == 0) return std::nan("");
    const auto sorted = std::get<0>(wide(values).flatten().sort());
    return (sorted[(count - 1) / 2].item<double>() + sorted[count / 2].item<double>()) / 2;
}

}  // namespace pentimento::metrics
