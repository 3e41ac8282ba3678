// VGG-19 (Simonyan and Zisserman 2014, arXiv:1409.1556) up to relu5_1: the network of Gatys and
// others.
#include "core/nn/features/feature_network.h"

namespace pentimento::nn {
namespace {

struct Convolution {
    int index;  ///< in torchvision's `features`
    int in, out;
    const char* layer;
    bool pool_before;
};
constexpr std::array<Convolution, 13> kConvolutions{{
    {0, 3, 64, "relu1_1", false},
    {2, 64, 64, "relu1_2", false},
    {5, 64, 128, "relu2_1", true},
    {7, 128, 128, "relu2_2", false},
    {10, 128, 256, "relu3_1", true},
    {12, 256, 256, "relu3_2", false},
    {14, 256, 256, "relu3_3", false},
    {16, 256, 256, "relu3_4", false},
    {19, 256, 512, "relu4_1", true},
    {21, 512, 512, "relu4_2", false},
    {23, 512, 512, "relu4_3", false},
    {25, 512, 512, "relu4_4", false},
    {28, 512, 512, "relu5_1", true},
}};

std::string tensor_name(const Convolution& convolution, const char* part) {
    return "features." + std::to_string(convolution.index) + "." + part;
}

std::vector<FeatureStage> build(const std::map<std::string, torch::Tensor>& weights,
                                Pooling pooling) {
    std::vector<FeatureStage> stages;
    for (const auto& convolution : kConvolutions) {
        if (convolution.pool_before)
            stages.push_back({"", [pooling](torch::Tensor x) {
                                  return pooling == Pooling::Max ? torch::max_pool2d(x, 2)
                                                                 : torch::avg_pool2d(x, 2);
                              }});
        const auto weight = weights.at(tensor_name(convolution, "weight"));
        const auto bias = weights.at(tensor_name(convolution, "bias"));
        // Zeros around the picture would be seen as a dark frame; repeated edge pixels are not.
        const bool first = convolution.index == 0;
        stages.push_back({convolution.layer, [weight, bias, first](torch::Tensor x) {
                              if (first) x = torch::replication_pad2d(x, {1, 1, 1, 1});
                              // In place is safe: a convolution's gradient does not need its
                              // output.
                              return torch::conv2d(x, weight, bias, 1, first ? 0 : 1).relu_();
                          }});
    }
    return stages;
}

FeatureDefinition definition() {
    FeatureDefinition d;
    d.id = "vgg19";
    d.label = "VGG-19";
    d.help = "The classic for style transfer: rich brushwork and colour, and slow, as it is large.";
    d.reference = "Simonyan, Zisserman 2014, arXiv:1409.1556; Gatys, Ecker, Bethge 2016, CVPR";
    d.weights_hint =
        "torchvision's vgg19-dcbb9e9d.pth (575 MB), or a safetensors file with the convolutions "
        "under the same names (features.0.weight …), about 45 to 80 MB.";
    for (const auto& convolution : kConvolutions) {
        d.layers.push_back(convolution.layer);
        d.tensors[tensor_name(convolution, "weight")] = {convolution.out, convolution.in, 3, 3};
        d.tensors[tensor_name(convolution, "bias")] = {convolution.out};
    }
    d.content_layer = "relu4_2";
    d.style_layers = {"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"};
    d.caffe_mean = {103.939, 116.779, 123.68};
    d.caffe_first_weights = {0.341195f, 0.339992f, -0.0448442f, 0.232159f};
    d.min_edge = 32;
    d.build = build;
    return d;
}

[[maybe_unused]] const bool registered = register_features(definition());

}  // namespace
}  // namespace pentimento::nn
