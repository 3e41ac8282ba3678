// Distilled from VGG-19 by `pentimento-cli train-style --network features`: docs/MODELS.md. Its
// weights are part of the program, so that style transfer works at once and offline.
#include "core/nn/features/builtin.h"

#include "core/nn/features/feature_network.h"

namespace pentimento::nn {

std::string builtin_tensor_name(const BuiltinConvolution& convolution, const char* part) {
    return "features." + std::to_string(convolution.index) + "." + part;
}

namespace {

std::vector<FeatureStage> build(const std::map<std::string, torch::Tensor>& weights,
                                Pooling pooling) {
    std::vector<FeatureStage> stages;
    for (const auto& convolution : kBuiltinConvolutions) {
        if (convolution.pool_before)
            stages.push_back({"", [pooling](torch::Tensor x) {
                                  return pooling == Pooling::Max ? torch::max_pool2d(x, 2)
                                                                 : torch::avg_pool2d(x, 2);
                              }});
        const auto weight = weights.at(builtin_tensor_name(convolution, "weight"));
        const auto bias = weights.at(builtin_tensor_name(convolution, "bias"));
        // As VGG-19 is used here: repeated edge pixels around the picture, not a dark frame.
        const bool first = convolution.index == 0;
        stages.push_back({convolution.layer, [weight, bias, first](torch::Tensor x) {
                              if (first) x = torch::replication_pad2d(x, {1, 1, 1, 1});
                              return torch::conv2d(x, weight, bias, 1, first ? 0 : 1).relu_();
                          }});
    }
    return stages;
}

FeatureDefinition definition() {
    FeatureDefinition d;
    d.id = kBuiltinFeatures;
    d.label = "Built-in";
    d.help =
        "Pentimento's own small network, which has learned to see as VGG-19 does: needs no file "
        "and is many times faster; brushwork is a little less rich.";
    d.reference =
        "Distilled from VGG-19 (Simonyan, Zisserman 2014, arXiv:1409.1556) with a linear embedding "
        "as Wang and others 2020, Collaborative Distillation, arXiv:2003.08436";
    d.weights_hint = "It is part of the program; a file is only needed to try one of your own.";
    for (const auto& convolution : kBuiltinConvolutions) {
        d.layers.push_back(convolution.layer);
        d.tensors[builtin_tensor_name(convolution, "weight")] = {convolution.out, convolution.in, 3,
                                                                 3};
        d.tensors[builtin_tensor_name(convolution, "bias")] = {convolution.out};
    }
    d.content_layer = "relu4_2";
    d.style_layers = {"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"};
    d.caffe_mean = {103.939, 116.779, 123.68};
    d.min_edge = 32;
    d.build = build;
    d.embedded = builtin_feature_weights;
    return d;
}

[[maybe_unused]] const bool registered = register_features(definition());

}  // namespace
}  // namespace pentimento::nn
