// SqueezeNet 1.1 (Iandola and others 2016, arXiv:1602.07360): small and fast; CS231n's style lesson
// uses it.
#include "core/nn/features/feature_network.h"

namespace pentimento::nn {
namespace {

/// Squeeze to few channels, then expand by 1×1 and 3×3 filters side by side.
struct Fire {
    int index;  ///< in torchvision's `features`, which is also CS231n's layer number
    int in, squeeze, expand;
    const char* layer;
    bool pool_before;
};
constexpr std::array<Fire, 8> kFires{{
    {3, 64, 16, 64, "fire3", true},
    {4, 128, 16, 64, "fire4", false},
    {6, 128, 32, 128, "fire6", true},
    {7, 256, 32, 128, "fire7", false},
    {9, 256, 48, 192, "fire9", true},
    {10, 384, 48, 192, "fire10", false},
    {11, 384, 64, 256, "fire11", false},
    {12, 512, 64, 256, "fire12", false},
}};

std::string part_name(const Fire& fire, const std::string& part) {
    return "features." + std::to_string(fire.index) + "." + part;
}

std::vector<FeatureStage> build(const std::map<std::string, torch::Tensor>& weights,
                                Pooling pooling) {
    std::vector<FeatureStage> stages;
    const auto weight = weights.at("features.0.weight"), bias = weights.at("features.0.bias");
    stages.push_back({"relu1", [weight, bias](torch::Tensor x) {
                          return torch::conv2d(as_taken_by(weight, x), weight, bias, 2).relu_();
                      }});
    for (const auto& fire : kFires) {
        if (fire.pool_before)
            stages.push_back({"", [pooling](torch::Tensor x) {
                                  // Its windows overlap in any case.
                                  return pooling == Pooling::Average
                                             ? torch::avg_pool2d(x, 3, 2, 0, true, false)
                                             : torch::max_pool2d(x, 3, 2, 0, 1, true);
                              }});
        const auto part = [&](const char* name) {
            return std::make_pair(weights.at(part_name(fire, std::string(name) + ".weight")),
                                  weights.at(part_name(fire, std::string(name) + ".bias")));
        };
        const auto squeeze = part("squeeze"), one = part("expand1x1"), three = part("expand3x3");
        stages.push_back({fire.layer, [squeeze, one, three](torch::Tensor x) {
                              x = torch::conv2d(x, squeeze.first, squeeze.second).relu_();
                              return torch::cat({torch::conv2d(x, one.first, one.second),
                                                 torch::conv2d(x, three.first, three.second, 1, 1)},
                                                1)
                                  .relu_();
                          }});
    }
    return stages;
}

FeatureDefinition definition() {
    FeatureDefinition d;
    d.id = "squeezenet";
    d.label = "SqueezeNet 1.1";
    d.help =
        "A small network: a picture in seconds. Textures come over well, fine brushwork less so.";
    d.reference =
        "Iandola and others 2016, arXiv:1602.07360; Stanford CS231n, style transfer lesson";
    d.weights_hint =
        "torchvision's squeezenet1_1-b8a52dc0.pth (5 MB), or a safetensors file under the same "
        "names (features.3.squeeze.weight …), 2.5 to 5 MB.";
    d.tensors = {{"features.0.weight", {64, 3, 3, 3}}, {"features.0.bias", {64}}};
    d.layers = {"relu1"};
    for (const auto& fire : kFires) {
        d.layers.push_back(fire.layer);
        const auto add = [&](const char* part, int in, int out, int kernel) {
            d.tensors[part_name(fire, std::string(part) + ".weight")] = {out, in, kernel, kernel};
            d.tensors[part_name(fire, std::string(part) + ".bias")] = {out};
        };
        add("squeeze", fire.in, fire.squeeze, 1);
        add("expand1x1", fire.squeeze, fire.expand, 1);
        add("expand3x3", fire.squeeze, fire.expand, 3);
    }
    d.content_layer = "fire3";
    d.style_layers = {"relu1", "fire4", "fire6", "fire7"};
    d.caffe_mean = {104, 117, 123};
    d.caffe_first_weights = {0.257324f, 0.359375f, 0.203369f, -0.100464f};
    d.min_edge = 32;
    d.build = build;
    return d;
}

[[maybe_unused]] const bool registered = register_features(definition());

}  // namespace
}  // namespace pentimento::nn
