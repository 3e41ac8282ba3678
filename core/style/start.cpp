// Six ways to begin.
#include "core/style/start.h"

#include "core/style/colour.h"
#include "core/style/instant/instant_run.h"
#include "core/style/params.h"
#include "core/style/working_picture.h"
#include "core/tensor/random.h"

namespace pentimento::style {
namespace {

/// Noise whose colours have the mean and covariance of the weighted styles' colours.
torch::Tensor coloured(const torch::Tensor& noise, const std::vector<torch::Tensor>& styles,
                       const ParamSet& params) {
    auto mean = torch::zeros({3}, torch::kFloat64),
         covariance = torch::zeros({3, 3}, torch::kFloat64);
    double sum = 0;
    for (std::size_t k = 0; k < styles.size(); ++k) {
        const double weight = params.get(style_weight_param(static_cast<int>(k)));
        const auto [style_mean, style_covariance] = colour_statistics(styles[k]);
        mean += weight * style_mean;
        covariance += weight * style_covariance;
        sum += weight;
    }
    if (sum <= 0) return noise * 0.15 + 0.5;
    const auto root = matrix_root(covariance / sum).to(torch::kFloat32);
    return torch::mm(root, noise.reshape({3, -1})).view_as(noise) +
           (mean / sum).to(torch::kFloat32).view({1, 3, 1, 1});
}

}  // namespace

Result<torch::Tensor> first_picture(const ParamSet& params, const StyleInputs& inputs,
                                    const torch::Tensor& content,
                                    const std::vector<torch::Tensor>& styles) {
    const auto& init = params.get(kInit);
    const auto picture = content.to(torch::kCPU);
    if (init == "content") return picture.clone();
    if (init == "picture") {
        if (!inputs.start || inputs.start->empty())
            return Error{ErrorCode::InvalidArgument,
                         "Starting from a picture needs a picture to start from: choose one, or "
                         "set init to content or noise.",
                         {}};
        return resized(*inputs.start, static_cast<int>(content.size(3)),
                       static_cast<int>(content.size(2)));
    }
    if (init == "instant") {
        auto blend = instant_picture(params, inputs,
                                     static_cast<int>(std::max(content.size(2), content.size(3))));
        if (!blend) return blend.error();
        return blend->to(torch::kCPU);
    }
    const auto random = tensor::make_generator(static_cast<std::uint64_t>(params.get(kSeed)),
                                               tensor::Stream::Noise, 0);
    const auto noise = torch::randn(content.sizes(), random, torch::kFloat32);
    if (init == "statistics") return coloured(noise, styles, params).clamp(0, 1);
    if (init == "content_noise") return (picture + noise * 0.1).clamp(0, 1);
    // Grey noise of moderate contrast: saturated pixels would be slow to leave the bounds.
    return (noise * 0.15 + 0.5).clamp(0, 1);
}

}  // namespace pentimento::style
