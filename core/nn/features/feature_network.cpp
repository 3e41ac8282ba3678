// The registry of feature networks, and how their weights are checked and brought in.
#include "core/nn/features/feature_network.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <stdexcept>

#include "core/base/text.h"
#include "core/nn/layers.h"
#include "core/tensor/convolution.h"
#include "core/tensor/pth_reader.h"

namespace pentimento::nn {
namespace {

std::map<std::string, FeatureDefinition, std::less<>>& mutable_registry() {
    static std::map<std::string, FeatureDefinition, std::less<>> registry;
    return registry;
}

std::shared_ptr<const FrozenChain> chain_of(const std::vector<FeatureStage>& stages) {
    std::vector<ChainLink> links;
    for (const auto& stage : stages) {
        if (!stage.link) return nullptr;
        links.push_back(*stage.link);
    }
    return FrozenChain::make(std::move(links));
}

torch::Tensor per_channel(const std::array<double, 3>& values, const torch::Device& device) {
    return torch::tensor({values[0], values[1], values[2]}, torch::kFloat32)
        .view({1, 3, 1, 1})
        .to(device);
}

/// The first tensor of `definition` that the header lacks or has in another shape; empty when none.
std::string first_missing(const FeatureDefinition& definition, const SafetensorsHeader& header) {
    for (const auto& [name, shape] : definition.tensors) {
        const auto found = header.tensors.find(name);
        if (found == header.tensors.end() || found->second.shape != shape ||
            (found->second.dtype != "F32" && found->second.dtype != "F16" &&
             found->second.dtype != "BF16" && found->second.dtype != "F64"))
            return name;
    }
    return {};
}

/// The file's tensors, if it is one of `definition`.
Result<TensorFile> read_weights(const FeatureDefinition& definition,
                                const std::filesystem::path& weights) {
    auto header = read_tensor_header(weights);
    if (!header) return header.error();
    if (const auto missing = first_missing(definition, *header); !missing.empty()) {
        const auto other = identify_features(*header, weights.filename().string());
        if (!other) return other.error();
        return Error{ErrorCode::Unsupported,
                     "'" + to_valid_utf8(weights.filename().string()) + "' holds the weights of " +
                         feature_registry().at(*other).label + ", not of " + definition.label +
                         ". Set features to " + *other + " or choose another file.",
                     "missing: " + missing};
    }
    return read_tensor_file(
        weights, [&](const std::string& name) { return definition.tensors.count(name) > 0; });
}

Result<TensorFile> read_embedded(const FeatureDefinition& definition) {
    if (definition.embedded == nullptr || definition.embedded().empty())
        return Error{ErrorCode::InvalidArgument,
                     "The weights of " + definition.label + " are needed: choose their file. " +
                         definition.weights_hint,
                     {}};
    return parse_safetensors(definition.embedded(), "the built-in weights");
}

/// The sizes of weights tell nothing: VGG-19's first filters have a norm of 1 in either kind. But
/// there is only one file that people have of each kind, in float32 or rounded to 16 bits.
bool is_from_caffe(const FeatureDefinition& definition,
                   const std::map<std::string, torch::Tensor>& weights) {
    const auto& published = definition.caffe_first_weights;
    const auto first = weights.at("features.0.weight").to(torch::kCPU).flatten();
    for (std::size_t i = 0; i < published.size(); ++i)
        if (std::abs(first[static_cast<std::int64_t>(i)].item<float>() - published[i]) >
            std::abs(published[i]) * 0.005f)
            return false;
    return true;
}

}  // namespace

Preprocessing torchvision_preprocessing() {
    return {false, {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}};
}

Preprocessing caffe_preprocessing(const std::array<double, 3>& bgr_mean) {
    return {true,
            {bgr_mean[0] / 255, bgr_mean[1] / 255, bgr_mean[2] / 255},
            {1.0 / 255, 1.0 / 255, 1.0 / 255}};
}

torch::ScalarType fast_feature_type(const torch::Device& device) {
    return device.is_cpu() ? torch::kFloat32 : torch::kBFloat16;
}

torch::Tensor as_taken_by(const torch::Tensor& weight, const torch::Tensor& x) {
    if (x.is_cpu()) return x;
    return x.to(weight.scalar_type(), /*non_blocking=*/false, /*copy=*/false,
                torch::MemoryFormat::ChannelsLast);
}

FeatureNetwork::FeatureNetwork(const Preprocessing& preprocessing, std::vector<FeatureStage> stages,
                               const torch::Device& device, torch::ScalarType type)
    : bgr_(preprocessing.bgr),
      type_(type),
      mean_(per_channel(preprocessing.mean, device)),
      deviation_(per_channel(preprocessing.deviation, device)),
      stages_(std::move(stages)),
      chain_(device.is_cpu() ? chain_of(stages_) : nullptr) {
}

torch::Tensor FeatureNetwork::prepared(const torch::Tensor& picture) const {
    return ((bgr_ ? picture.flip({1}) : picture) - mean_) / deviation_;
}

std::int64_t FeatureNetwork::activation_count(const torch::Tensor& picture,
                                              const std::vector<std::string>& layers) const {
    auto x = prepared(picture);
    std::int64_t count = 2 * x.numel(), to_deepest = count;
    for (const auto& stage : stages_) {
        x = stage.apply(x);
        count += x.numel();
        if (std::find(layers.begin(), layers.end(), stage.layer) != layers.end())
            to_deepest = count;
    }
    return to_deepest;
}

std::vector<torch::Tensor> FeatureNetwork::extract(const torch::Tensor& picture,
                                                   const std::vector<std::string>& layers) const {
    std::vector<torch::Tensor> found(layers.size());
    std::size_t missing = layers.size();
    auto x = prepared(picture);
    if (chain_ && !tensor::PlainOperations::wanted()) {
        std::vector<std::size_t> taps;
        for (const auto& layer : layers) {
            const auto stage =
                std::find_if(stages_.begin(), stages_.end(), [&](const FeatureStage& candidate) {
                    return !layer.empty() && candidate.layer == layer;
                });
            if (stage == stages_.end())
                throw std::invalid_argument("the feature network has no such layer");
            taps.push_back(static_cast<std::size_t>(stage - stages_.begin()));
        }
        return chain_->run(torch::replication_pad2d(x, {1, 1, 1, 1}), taps);
    }
    for (const auto& stage : stages_) {
        if (missing == 0) break;
        x = stage.apply(x);
        for (std::size_t i = 0; i < layers.size(); ++i)
            if (!stage.layer.empty() && stage.layer == layers[i]) {
                found[i] = x;
                --missing;
            }
    }
    if (missing > 0) throw std::invalid_argument("the feature network has no such layer");
    return found;
}

bool register_features(FeatureDefinition definition) {
    const std::string id = definition.id;
    if (!mutable_registry().emplace(id, std::move(definition)).second)
        throw std::logic_error("Two feature networks are called '" + id + "'.");
    return true;
}

const std::map<std::string, FeatureDefinition, std::less<>>& feature_registry() {
    return mutable_registry();
}

Result<std::string> identify_features(const SafetensorsHeader& header, std::string_view file_name) {
    std::vector<std::string> known;
    std::string detail;
    for (const auto& [id, definition] : feature_registry()) {
        const auto missing = first_missing(definition, header);
        if (missing.empty()) return id;
        known.push_back(definition.label);
        detail += definition.label + " needs '" + missing + "'. ";
    }
    return Error{ErrorCode::Unsupported,
                 "'" + to_valid_utf8(file_name) + "' holds " +
                     format_count(static_cast<std::int64_t>(header.tensors.size())) +
                     " tensors, but not the weights of " + join(known, " or ") +
                     ". Choose a file with one of these networks under torchvision's names.",
                 detail};
}

std::string detect_preprocessing(const std::map<std::string, std::string>& metadata) {
    for (const char* key : {"preprocess", "preprocessing", "input"}) {
        const auto note = metadata.find(key);
        if (note == metadata.end()) continue;
        const auto& text = note->second;
        if (text.find("BGR") != std::string::npos || text.find("255") != std::string::npos)
            return "caffe";
        if (text.find("0.485") != std::string::npos ||
            text.find("torchvision") != std::string::npos)
            return "torchvision";
    }
    return {};
}

namespace {

Result<std::shared_ptr<const FeatureNetwork>> read_features(const FeatureDefinition& definition,
                                                            const std::filesystem::path& weights,
                                                            std::string_view preprocessing,
                                                            Pooling pooling,
                                                            const torch::Device& device,
                                                            torch::ScalarType type) {
    auto file = weights.empty() ? read_embedded(definition) : read_weights(definition, weights);
    if (!file) return file.error();
    std::map<std::string, torch::Tensor> needed;
    for (const auto& [name, shape] : definition.tensors) {
        auto tensor = file->tensors.at(name).to(device, torch::kFloat32);
        if (!torch::isfinite(tensor).all().item<bool>())
            return Error{ErrorCode::Corrupt,
                         "'" + to_valid_utf8(weights.filename().string()) +
                             "' holds weights that are not finite numbers. Use another copy of it.",
                         name};
        needed.emplace(name, std::move(tensor));
    }
    std::string kind(preprocessing);
    if (kind == "auto") kind = detect_preprocessing(file->metadata);
    if (kind.empty()) kind = is_from_caffe(definition, needed) ? "caffe" : "torchvision";
    for (auto& [name, tensor] : needed) tensor = laid_out(tensor.to(type));
    return std::shared_ptr<const FeatureNetwork>(std::make_shared<FeatureNetwork>(
        kind == "caffe" ? caffe_preprocessing(definition.caffe_mean) : torchvision_preprocessing(),
        definition.build(needed, pooling), device, type));
}

}  // namespace

Result<std::shared_ptr<const FeatureNetwork>> load_features(const FeatureDefinition& definition,
                                                            const std::filesystem::path& weights,
                                                            std::string_view preprocessing,
                                                            Pooling pooling,
                                                            const torch::Device& device,
                                                            torch::ScalarType type) {
    // Batches and films make one run after the other: whatever is still in use is not read again.
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<const FeatureNetwork>> in_use;
    std::error_code failed;
    std::string key = definition.id + "|" + std::string(preprocessing) + "|" +
                      std::to_string(static_cast<int>(pooling)) + "|" + device.str() + "|" +
                      c10::toString(type);
    if (!weights.empty()) {
        const auto size = std::filesystem::file_size(weights, failed);
        const auto changed = std::filesystem::last_write_time(weights, failed).time_since_epoch();
        key += "|" + std::to_string(size) + "|" + std::to_string(changed.count()) + "|" +
               std::filesystem::absolute(weights, failed).string();
    }
    {
        const std::lock_guard lock(mutex);
        std::erase_if(in_use, [](const auto& entry) { return entry.second.expired(); });
        if (const auto found = in_use.find(key); found != in_use.end())
            if (auto network = found->second.lock()) return network;
    }
    auto network = read_features(definition, weights, preprocessing, pooling, device, type);
    if (network && !failed) {
        const std::lock_guard lock(mutex);
        in_use[key] = *network;
    }
    return network;
}

}  // namespace pentimento::nn
