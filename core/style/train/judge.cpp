#include "core/style/train/judge.h"

#include "core/nn/features/builtin.h"

namespace pentimento::style::train {

using torch::Tensor;

Result<std::shared_ptr<const nn::FeatureNetwork>> load_encoder(const Inputs& inputs,
                                                               const torch::Device& device) {
    return nn::load_features(nn::feature_registry().at(nn::kBuiltinFeatures), inputs.encoder,
                             "auto", nn::Pooling::Max, device, nn::fast_feature_type(device));
}

Result<std::shared_ptr<const nn::FeatureNetwork>> load_judge(const Inputs& inputs,
                                                             const torch::Device& device) {
    if (inputs.weights.empty()) return load_encoder(inputs, device);
    return nn::load_features(nn::feature_registry().at("vgg19"), inputs.weights, "auto",
                             nn::Pooling::Max, device, nn::fast_feature_type(device));
}

std::vector<Tensor> features_of(const nn::FeatureNetwork& network, const Tensor& pictures,
                                const std::vector<std::string>& layers) {
    auto features = network.extract(pictures, layers);
    for (auto& maps : features) maps = maps.to(torch::kFloat32);
    return features;
}

Tensor feature_distance(const Tensor& features, const Tensor& wanted) {
    const auto spread = (wanted - wanted.mean({0, 2, 3}, true)).square().mean();
    return (features - wanted).square().mean() / spread.clamp_min(1e-9);
}

Tensor statistics_distance(const ChannelStatistics& made, const ChannelStatistics& wanted) {
    const auto off = (made.mean - wanted.mean).square().sum({1, 2, 3}) +
                     (made.deviation - wanted.deviation).square().sum({1, 2, 3});
    const auto size =
        wanted.mean.square().sum({1, 2, 3}) + wanted.deviation.square().sum({1, 2, 3});
    return (off / size.clamp_min(1e-9)).mean();
}

Tensor gram_matrices(const Tensor& features) {
    const auto flat = features.flatten(2);
    // A graphics card would give each product of 3×3 numbers to one of its many processors.
    if (!flat.is_cpu() && flat.size(1) <= 4) return (flat.unsqueeze(2) * flat.unsqueeze(1)).mean(3);
    return torch::bmm(flat, flat.transpose(1, 2)) / static_cast<double>(flat.size(2));
}

Tensor palette_distance(const Tensor& pictures, const Tensor& wanted) {
    const auto moments = [](const Tensor& x) {
        const auto mean = x.mean({2, 3}, true);
        return std::pair(mean.flatten(1), gram_matrices(x - mean));
    };
    const auto [mean, covariance] = moments(pictures);
    const auto [its_mean, its_covariance] = moments(wanted);
    const auto variance = its_covariance.diagonal(0, 1, 2).sum().clamp_min(1e-4);
    return ((mean - its_mean).square().sum(1) / variance +
            (covariance - its_covariance).square().sum({1, 2}) /
                its_covariance.square().sum().clamp_min(1e-8))
        .mean();
}

Tensor roughness(const Tensor& pictures) {
    const auto h = pictures.size(2), w = pictures.size(3);
    return (pictures.narrow(2, 1, h - 1) - pictures.narrow(2, 0, h - 1)).square().mean() +
           (pictures.narrow(3, 1, w - 1) - pictures.narrow(3, 0, w - 1)).square().mean();
}

}  // namespace pentimento::style::train
