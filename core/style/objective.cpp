// One forward and one backward pass through the feature network.
#include "core/style/objective.h"

#include <cmath>

#include "core/style/params.h"

namespace pentimento::style {
namespace {

// Brings the relative total variation to a scale on which a weight of 1 is a gentle smoothing.
constexpr double kTvUnit = 10;

std::vector<std::string> chosen_style_layers(const nn::FeatureDefinition& definition,
                                             const ParamSet& params) {
    auto layers = definition.style_layers;
    const auto& choice = params.get(kStyleLayers);
    if (choice == "fine") layers.resize(layers.size() - 2);
    if (choice == "coarse") layers.erase(layers.begin());
    return layers;
}

}  // namespace

Objective::Objective(std::shared_ptr<const nn::FeatureNetwork> network,
                     const nn::FeatureDefinition& definition, const ParamSet& params,
                     const torch::Tensor& content, const std::vector<torch::Tensor>& styles)
    : network_(std::move(network)),
      scale_(params.get(kLossScale) == "sum" ? LossScale::Sum : LossScale::Relative) {
    torch::NoGradGuard no_grad;
    const auto style_layers = chosen_style_layers(definition, params);
    layer_weights_ = layer_weights(params.get(kLayerWeights), style_layers.size());
    content_ = network_->extract(content, {params.get(content_layer_param(definition.id))})[0];
    for (const auto& style : styles) {
        auto features = network_->extract(style, style_layers);
        for (auto& feature : features) feature = gram_matrix(feature);
        grams_.push_back(std::move(features));
    }
    layers_ = style_layers;
    layers_.insert(layers_.begin(), params.get(content_layer_param(definition.id)));
    set_weights(params);
}

void Objective::set_weights(const ParamSet& params) {
    content_weight_ = params.get(kContentWeight);
    style_weight_ = params.get(kStyleWeight);
    tv_weight_ = params.get(kTvWeight) * (scale_ == LossScale::Relative ? kTvUnit : 1);
    double sum = 0;
    for (std::size_t k = 0; k < grams_.size(); ++k)
        sum += params.get(style_weight_param(static_cast<int>(k)));
    targets_.clear();
    if (sum <= 0) return;
    for (std::size_t layer = 0; layer < layer_weights_.size(); ++layer) {
        auto target = torch::zeros_like(grams_[0][layer]);
        for (std::size_t k = 0; k < grams_.size(); ++k)
            target +=
                grams_[k][layer] * (params.get(style_weight_param(static_cast<int>(k))) / sum);
        targets_.push_back(target);
    }
}

Evaluation Objective::evaluate(const torch::Tensor& picture) {
    const auto x = picture.detach().requires_grad_(true);
    const auto features = network_->extract(x, layers_);
    const auto content = difference(features[0], content_, scale_);
    auto style = torch::zeros_like(content);
    for (std::size_t i = 0; i < targets_.size(); ++i)
        style = style +
                layer_weights_[i] * difference(gram_matrix(features[i + 1]), targets_[i], scale_);
    const auto tv = total_variation(x, scale_);
    const auto total = content_weight_ * content + style_weight_ * style + tv_weight_ * tv;
    const auto gradient =
        torch::autograd::grad({total * static_cast<double>(picture.numel())}, {x})[0];

    // All numbers in one read from the device.
    const auto numbers = torch::stack({content, style, tv, total, gradient.square().mean()})
                             .detach()
                             .to(torch::kCPU);
    const auto* value = numbers.data_ptr<float>();
    terms_ = {value[0], value[1], value[2], value[3]};
    return {terms_.total, gradient, std::sqrt(static_cast<double>(value[4]))};
}

}  // namespace pentimento::style
