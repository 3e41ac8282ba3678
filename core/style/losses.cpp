// Each term in a few lines, all in float32.
#include "core/style/losses.h"

#include <numeric>
#include <stdexcept>

namespace pentimento::style {

torch::Tensor gram_matrix(const torch::Tensor& features) {
    const auto flat = features.view({features.size(1), -1});
    return torch::mm(flat, flat.t()) / static_cast<double>(features.numel());
}

torch::Tensor difference(const torch::Tensor& value, const torch::Tensor& target, LossScale scale) {
    const auto sum = (value - target).square().sum();
    if (scale == LossScale::Sum) return sum;
    // The small number only matters for a target that is zero throughout.
    return sum / target.square().sum().clamp_min(1e-12);
}

torch::Tensor total_variation(const torch::Tensor& picture, LossScale scale) {
    const auto height = picture.size(2), width = picture.size(3);
    const auto down =
        (picture.narrow(2, 1, height - 1) - picture.narrow(2, 0, height - 1)).square();
    const auto across =
        (picture.narrow(3, 1, width - 1) - picture.narrow(3, 0, width - 1)).square();
    return scale == LossScale::Sum ? down.sum() + across.sum() : down.mean() + across.mean();
}

std::vector<double> layer_weights(const std::string& kind, std::size_t count) {
    std::vector<double> weights(count, 1);
    if (kind == "cs231n") {
        constexpr double lesson[] = {20000, 500, 12, 1};
        for (std::size_t i = 0; i < count && i < 4; ++i) weights[i] = lesson[i];
        return weights;
    }
    const double ratio = kind == "shallow" ? 0.25 : kind == "deep" ? 2 : 1;
    if (kind != "shallow" && kind != "deep" && kind != "equal")
        throw std::invalid_argument("no such layer weights: " + kind);
    for (std::size_t i = 1; i < count; ++i) weights[i] = weights[i - 1] * ratio;
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (auto& weight : weights) weight /= sum;
    return weights;
}

}  // namespace pentimento::style
