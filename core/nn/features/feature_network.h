// Frozen image-recognition networks whose activations say what is in a picture and how it is
// painted. Each network is one file beside this one that registers itself. Torch inside: not for
// ui.
#pragma once

#include <torch/torch.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/nn/features/frozen_chain.h"
#include "core/tensor/safetensors.h"

namespace pentimento::nn {

/// What weights expect at their input, made from RGB in [0, 1]:
/// (channel − mean) / deviation, in the order BGR or RGB.
struct Preprocessing {
    bool bgr = false;
    std::array<double, 3> mean{};  ///< in the network's channel order, of values in [0, 1]
    std::array<double, 3> deviation{1, 1, 1};
};
/// torchvision's: RGB, ImageNet's mean and standard deviation.
Preprocessing torchvision_preprocessing();
/// Caffe's: BGR in 0 … 255 minus the mean colour `bgr_mean`.
Preprocessing caffe_preprocessing(const std::array<double, 3>& bgr_mean);

/// One operation; `layer` names its output when it can be asked for.
struct FeatureStage {
    std::string layer;
    std::function<torch::Tensor(torch::Tensor)> apply;
    /// The same as a link of a chain, where it can be said so; then the network needs no more than
    /// such links. The first link sees the picture with its edge pixels repeated.
    std::optional<ChainLink> link = std::nullopt;
};

/// What suits style transfer best: on a graphics card bfloat16, in which convolutions are several
/// times faster and half as much memory moves, on a processor float32.
torch::ScalarType fast_feature_type(const torch::Device& device);

/// Weights never receive a gradient; the picture does.
class FeatureNetwork {
  public:
    /// `type`: of the weights in `stages`, and so of all activations.
    FeatureNetwork(const Preprocessing& preprocessing, std::vector<FeatureStage> stages,
                   const torch::Device& device, torch::ScalarType type = torch::kFloat32);

    /// Activations of the named layers for `picture` [N, 3, H, W], RGB in [0, 1], in the order
    /// asked for, of type() and on a graphics card channels last. Nothing beyond the deepest of
    /// them is computed. Throws std::invalid_argument for an unknown layer.
    std::vector<torch::Tensor> extract(const torch::Tensor& picture,
                                       const std::vector<std::string>& layers) const;

    /// Numbers in all activations on the way to the deepest of `layers`: what a backward pass
    /// keeps.
    std::int64_t activation_count(const torch::Tensor& picture,
                                  const std::vector<std::string>& layers) const;

    /// What the first layer gets of `picture`: its colours as the weights expect them. float32.
    torch::Tensor prepared(const torch::Tensor& picture) const;

    torch::ScalarType type() const { return type_; }
    torch::Device device() const { return mean_.device(); }

  private:
    bool bgr_;
    torch::ScalarType type_;
    torch::Tensor mean_, deviation_;  // [1, 3, 1, 1]
    std::vector<FeatureStage> stages_;
    std::shared_ptr<const FrozenChain> chain_;  ///< all stages; null where they go one by one
};

/// `x` as a convolution with `weight` takes it: of its type, and on a graphics card, whose fastest
/// convolutions want all channels of a pixel side by side, in that order. For first stages; what
/// comes after them stays so.
torch::Tensor as_taken_by(const torch::Tensor& weight, const torch::Tensor& x);

/// What is known of a feature network before its weights are read.
struct FeatureDefinition {
    std::string id;
    std::string label;
    std::string help;
    std::string reference;
    std::string weights_hint;
    std::vector<std::string> layers;        ///< all that can be asked for, shallow to deep
    std::string content_layer;              ///< the usual one
    std::vector<std::string> style_layers;  ///< the usual ones, shallow to deep
    std::array<double, 3> caffe_mean;       ///< BGR, 0 … 255
    /// The first weights of the first layer as the Caffe authors published them: what tells their
    /// files from torchvision's when no note does.
    std::array<float, 4> caffe_first_weights{};
    Pooling pooling = Pooling::Average;  ///< what suits style transfer
    int min_edge = 16;                   ///< pixels; smaller pictures vanish in the pooling
    /// Name → shape of every tensor that is needed; files may hold more.
    std::map<std::string, std::vector<std::int64_t>> tensors;
    /// `weights`: of one type and on one device, exactly those of `tensors`.
    std::function<std::vector<FeatureStage>(const std::map<std::string, torch::Tensor>& weights,
                                            Pooling pooling)>
        build;
    /// The weights that are part of the program: a safetensors file in memory. Null for networks
    /// whose weights the person brings.
    std::span<const std::byte> (*embedded)() = nullptr;
};

/// A duplicate id throws std::logic_error at start-up.
bool register_features(FeatureDefinition definition);
/// By id, alphabetically.
const std::map<std::string, FeatureDefinition, std::less<>>& feature_registry();

/// The network whose tensors the file holds, or Unsupported with what is missing.
Result<std::string> identify_features(const SafetensorsHeader& header, std::string_view file_name);

/// `weights`: safetensors or .pth, of which only what is needed is read; empty for embedded ones.
/// `preprocessing`: "caffe", "torchvision", or "auto": what the file's note says (see
/// detect_preprocessing), else what these weights are known to need, else torchvision's. All
/// weights become `type`. Errors: those of read_tensor_file, Unsupported when the file belongs to
/// another network.
Result<std::shared_ptr<const FeatureNetwork>> load_features(
    const FeatureDefinition& definition, const std::filesystem::path& weights,
    std::string_view preprocessing, Pooling pooling, const torch::Device& device,
    torch::ScalarType type = torch::kFloat32);

/// "caffe" when a file's metadata speak of BGR or of values up to 255, "torchvision" when they
/// speak of that; empty when they say nothing.
std::string detect_preprocessing(const std::map<std::string, std::string>& metadata);

}  // namespace pentimento::nn
