// Each term in a few lines, all in float32.
#include "core/style/losses.h"

#include <numeric>
#include <stdexcept>

namespace pentimento::style {

using torch::Tensor;

Tensor total_variation(const Tensor& picture, TvLoss kind, LossScale scale, double weight,
                       Tensor& gradient) {
    auto value = torch::zeros({}, picture.options());
    for (const int direction : {2, 3}) {
        const auto length = picture.size(direction) - 1;
        if (length < 1) continue;
        auto step = picture.narrow(direction, 1, length) - picture.narrow(direction, 0, length);
        const double unit = scale == LossScale::Sum
                                ? 1
                                : 1 / static_cast<double>(std::max<std::int64_t>(1, step.numel()));
        value = value + unit * (kind == TvLoss::Squared ? step.square().sum() : step.abs().sum());
        if (weight == 0) continue;
        step = kind == TvLoss::Squared ? step.mul_(2 * unit * weight)
                                       : step.sign_().mul_(unit * weight);
        gradient.narrow(direction, 1, length).add_(step);
        gradient.narrow(direction, 0, length).sub_(step);
    }
    return value;
}

std::vector<double> layer_weights(const std::string& kind,
                                  const std::vector<std::int64_t>& channels) {
    std::vector<double> weights(channels.size(), 1);
    if (kind == "cs231n") {
        constexpr double lesson[] = {20000, 500, 12, 1};
        for (std::size_t i = 0; i < weights.size() && i < 4; ++i) weights[i] = lesson[i];
        return weights;
    }
    const double ratio = kind == "shallow" ? 0.25 : kind == "deep" ? 2 : 1;
    if (kind != "shallow" && kind != "deep" && kind != "equal" && kind != "gatys")
        throw std::invalid_argument("no such layer weights: " + kind);
    for (std::size_t i = 1; i < weights.size(); ++i) weights[i] = weights[i - 1] * ratio;
    if (kind == "gatys")
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = 1 / static_cast<double>(channels[i] * channels[i]);
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (auto& weight : weights) weight /= sum;
    return weights;
}

}  // namespace pentimento::style
