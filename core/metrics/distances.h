// How far two sets of pictures are apart, from their features. All arithmetic is in float64; every
// function takes N×d features of any floating-point type on the CPU. Torch inside: not for ui.
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace pentimento::metrics {

struct Estimate {
    double value = 0;
    double error = 0;  ///< standard error
};

/// KID (arXiv:1801.01401): the unbiased estimate of MMD² with the kernel (x·y/d + 1)³, eq. 4, of
/// all pairs, which is the mean over all possible subsets. The error is the spread over 100 random
/// halves of both sets drawn by `seed` (the delete-half jackknife, Shao and Wu 1989), which is
/// right for sets that differ and somewhat too large for sets that do not. At least 4 rows each.
Estimate kernel_distance(const torch::Tensor& real, const torch::Tensor& made, std::uint64_t seed);

/// A normal distribution with the mean and covariance of features.
struct NormalFit {
    torch::Tensor mean;    ///< d
    torch::Tensor factor;  ///< d×r with factor·factorᵀ = covariance (divided by N − 1), r ≤ d
    double trace = 0;      ///< of the covariance
};
/// At least 2 rows.
NormalFit fit_normal(const torch::Tensor& features);

/// |μ₁−μ₂|² + tr(C₁ + C₂ − 2(C₁C₂)^½) (arXiv:1706.08500, eq. 6). The trace of the root is the sum
/// of the singular values of F₁ᵀF₂, which is exact for covariances without full rank too; nothing
/// is shrunk or added to the diagonal.
double frechet_distance(const NormalFit& a, const NormalFit& b);

/// Euclidean distances, N×M. Features that agree to 5 digits count as equal: 0.
torch::Tensor distances(const torch::Tensor& a, const torch::Tensor& b);

/// Distance from each row to its k-th nearest other row.
torch::Tensor neighbour_radii(const torch::Tensor& features, int k);

/// The share of `probes` that lie within the radius of at least one of `centres` (arXiv:1904.06991,
/// eq. 1 and 2): precision with real centres and made probes, recall the other way round.
double covered_share(const torch::Tensor& probes, const torch::Tensor& centres,
                     const torch::Tensor& radii);

/// Mean distance between two different rows.
double mean_pairwise_distance(const torch::Tensor& features);

/// Distance from each row of `queries` to the nearest row of `pool`.
torch::Tensor nearest_distances(const torch::Tensor& queries, const torch::Tensor& pool);

/// The same for queries that are in the pool themselves: query i leaves out all rows whose number
/// modulo `group` is own[i], so that a pool may hold several variants of `group` pictures.
torch::Tensor nearest_other_distances(const torch::Tensor& queries, const torch::Tensor& pool,
                                      const torch::Tensor& own, std::int64_t group);

/// NaN for none.
double median_of(const torch::Tensor& values);

}  // namespace pentimento::metrics
