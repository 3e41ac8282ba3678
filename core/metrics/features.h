// What pictures are compared by: a vector of numbers for each picture. Torch inside: not for ui.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "core/base/result.h"

namespace pentimento::metrics {

class MetricFeatures {
  public:
    virtual ~MetricFeatures() = default;

    /// For people, with the network, layers and size: "built-in filter bank v1, 64 px".
    const std::string& name() const { return name_; }
    std::int64_t dimensions() const { return dimensions_; }
    /// Whether Fréchet distances of these features are what papers call FID.
    bool is_official_inception() const { return official_; }

    /// `pictures`: N×C×H×W in [−1, 1], C 1 or 3, any device. Returns N×dimensions float32 on the
    /// CPU. Works in portions, so memory does not grow with N. Throws std::invalid_argument for
    /// other shapes.
    torch::Tensor extract(const torch::Tensor& pictures) const;

  protected:
    MetricFeatures(std::string name, std::int64_t dimensions, const torch::Device& device,
                   bool official = false)
        : name_(std::move(name)), dimensions_(dimensions), device_(device), official_(official) {}

    /// `pictures`: at most kPortion×3×H×W on the device; returns N×dimensions there.
    virtual torch::Tensor compute(const torch::Tensor& pictures) const = 0;
    static constexpr std::int64_t kPortion = 32;

  private:
    std::string name_;
    std::int64_t dimensions_;
    torch::Device device_;
    bool official_;
};

using FeaturesPointer = std::shared_ptr<const MetricFeatures>;

/// Needs no weights: oriented filters at several scales, their interplay, and colour, the same on
/// every machine. For following a training; says less about content than a trained network.
FeaturesPointer make_filter_bank(const torch::Device& device = torch::kCPU);

/// Deep layers of VGG-19 or SqueezeNet, whichever the file holds, averaged over the picture, which
/// is first brought to `size` pixels (32 … 299). Errors: those of nn::load_features.
Result<FeaturesPointer> load_network_features(const std::filesystem::path& weights,
                                              std::int64_t size = 64,
                                              const torch::Device& device = torch::kCPU);

/// The network that FID is defined by, from pt_inception-2015-12-05-6726825d.pth or the same
/// tensors as safetensors. Only the former, checked by its SHA-256, counts as official. Errors:
/// those of reading the file; Unsupported when it holds another network.
Result<FeaturesPointer> load_inception_features(const std::filesystem::path& weights,
                                                const torch::Device& device = torch::kCPU);

/// N×C×H×W to N×C×size×size: averages of areas when shrinking, bilinear when growing.
torch::Tensor resize_pictures(const torch::Tensor& pictures, std::int64_t size);

}  // namespace pentimento::metrics
