// The style transfer's feature networks as features of whole pictures.
#include <vector>

#include "core/base/text.h"
#include "core/metrics/features.h"
#include "core/nn/features/feature_network.h"
#include "core/tensor/pth_reader.h"

namespace pentimento::metrics {
namespace {

/// The deep layers that are averaged, and their channels together.
struct Choice {
    std::vector<std::string> layers;
    std::string label;
    std::int64_t channels;
};

Choice choice(const std::string& network) {
    if (network == "vgg19") return {{"relu4_4", "relu5_1"}, "relu4_4, relu5_1", 1024};
    return {{"fire10", "fire12"}, "fire10, fire12", 896};
}

class NetworkFeatures : public MetricFeatures {
  public:
    NetworkFeatures(const std::string& label, const Choice& chosen, std::int64_t size,
                    std::shared_ptr<const nn::FeatureNetwork> network, const torch::Device& device)
        : MetricFeatures(label + " " + chosen.label + " averaged, " + std::to_string(size) + " px",
                         chosen.channels, device),
          layers_(chosen.layers),
          size_(size),
          network_(std::move(network)) {}

  private:
    torch::Tensor compute(const torch::Tensor& pictures) const override {
        const auto rgb = resize_pictures(pictures, size_).add(1).div_(2).clamp_(0, 1);
        std::vector<torch::Tensor> parts;
        for (const auto& maps : network_->extract(rgb, layers_)) {
            // Each place's activations at length 1, as in LPIPS (Zhang and others 2018,
            // arXiv:1801.03924), so that no layer outweighs the others; √C gives numbers about 1.
            const auto length = (maps.square().sum(1, true) + 1e-10).sqrt();
            parts.push_back((maps / length).mean({2, 3}) *
                            std::sqrt(static_cast<double>(maps.size(1))));
        }
        return torch::cat(parts, 1);
    }

    std::vector<std::string> layers_;
    std::int64_t size_;
    std::shared_ptr<const nn::FeatureNetwork> network_;
};

}  // namespace

Result<FeaturesPointer> load_network_features(const std::filesystem::path& weights,
                                              std::int64_t size, const torch::Device& device) {
    if (size < 32 || size > 299)
        return Error{ErrorCode::InvalidArgument,
                     "Pictures of " + std::to_string(size) +
                         " px cannot be compared: choose a size from 32 to 299.",
                     {}};
    const auto header = read_tensor_header(weights);
    if (!header) return header.error();
    const auto id = nn::identify_features(*header, weights.filename().string());
    if (!id) return id.error();
    const auto& definition = nn::feature_registry().at(*id);
    auto network = nn::load_features(definition, weights, "auto", nn::Pooling::Max, device);
    if (!network) return network.error();
    return FeaturesPointer(
        std::make_shared<NetworkFeatures>(definition.label, choice(*id), size, *network, device));
}

}  // namespace pentimento::metrics
