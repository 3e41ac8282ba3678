// The metrics written down once more, as plain loops over doubles straight from the papers.
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace pentimento::metrics::naive {

using Rows = std::vector<std::vector<double>>;

inline Rows rows(const torch::Tensor& features) {
    const auto wide = features.to(torch::kFloat64).contiguous();
    Rows out;
    for (std::int64_t i = 0; i < wide.size(0); ++i)
        out.emplace_back(wide[i].data_ptr<double>(), wide[i].data_ptr<double>() + wide.size(1));
    return out;
}

inline double distance(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum);
}

inline double kernel(const std::vector<double>& a, const std::vector<double>& b) {
    double dot = 0;
    for (std::size_t i = 0; i < a.size(); ++i) dot += a[i] * b[i];
    return std::pow(dot / static_cast<double>(a.size()) + 1, 3);
}

inline double mean_kernel(const Rows& a, const Rows& b, bool same) {
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t j = 0; j < b.size(); ++j)
            if (!same || i != j) {
                sum += kernel(a[i], b[j]);
                ++count;
            }
    return sum / count;
}

inline double kid(const Rows& a, const Rows& b) {
    return mean_kernel(a, a, true) + mean_kernel(b, b, true) - 2 * mean_kernel(a, b, false);
}

inline double radius(const Rows& a, std::size_t i, int k) {
    std::vector<double> found;
    for (std::size_t j = 0; j < a.size(); ++j)
        if (j != i) found.push_back(distance(a[i], a[j]));
    std::sort(found.begin(), found.end());
    return found[static_cast<std::size_t>(k - 1)];
}

inline double covered(const Rows& probes, const Rows& centres, int k) {
    double count = 0;
    for (const auto& probe : probes) {
        bool inside = false;
        for (std::size_t i = 0; i < centres.size(); ++i)
            inside = inside || distance(probe, centres[i]) <= radius(centres, i, k);
        count += inside;
    }
    return count / static_cast<double>(probes.size());
}

inline double mean_pairwise(const Rows& a) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t j = 0; j < a.size(); ++j) sum += distance(a[i], a[j]);
    return sum / static_cast<double>(a.size() * (a.size() - 1));
}

inline torch::Tensor covariance(const torch::Tensor& features) {
    const auto centred = features.to(torch::kFloat64) - features.to(torch::kFloat64).mean(0);
    return torch::mm(centred.t(), centred) / static_cast<double>(features.size(0) - 1);
}

/// tr √(C₁C₂) from the eigenvalues of C₁C₂ itself, which is not symmetric: another way than the
/// program's.
inline double frechet(const torch::Tensor& a, const torch::Tensor& b) {
    const auto first = covariance(a), second = covariance(b);
    const auto values = torch::real(torch::linalg_eigvals(torch::mm(first, second)));
    const auto mean = a.to(torch::kFloat64).mean(0) - b.to(torch::kFloat64).mean(0);
    return (mean.square().sum() + first.trace() + second.trace() -
            2 * values.clamp_min(0).sqrt().sum())
        .item<double>();
}

}  // namespace pentimento::metrics::naive
