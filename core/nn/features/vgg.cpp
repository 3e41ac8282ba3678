// Builds VGG networks from their table of convolutions.
#include "core/nn/features/vgg.h"

#include "core/tensor/convolution.h"

namespace pentimento::nn {

std::string vgg_tensor_name(const VggConvolution& convolution, const char* part) {
    return "features." + std::to_string(convolution.index) + "." + part;
}

namespace {

torch::Tensor halved(const torch::Tensor& x, Pooling pooling) {
    if (pooling == Pooling::Average) return torch::avg_pool2d(x, 2);
    if (pooling == Pooling::Max) return torch::max_pool2d(x, 2);
    // An odd last pixel has no place of its own, as with the others.
    return torch::max_pool2d(x, 3, 2, /*padding=*/1)
        .narrow(2, 0, x.size(2) / 2)
        .narrow(3, 0, x.size(3) / 2);
}

}  // namespace

std::vector<FeatureStage> build_vgg(std::span<const VggConvolution> convolutions,
                                    const std::map<std::string, torch::Tensor>& weights,
                                    Pooling pooling) {
    std::vector<FeatureStage> stages;
    for (const auto& convolution : convolutions) {
        if (convolution.pool_before)
            stages.push_back({"", [pooling](torch::Tensor x) { return halved(x, pooling); },
                              ChainLink{.pooling = pooling}});
        const auto weight = weights.at(vgg_tensor_name(convolution, "weight"));
        const auto bias = weights.at(vgg_tensor_name(convolution, "bias"));
        // Zeros around the picture would be seen as a dark frame; repeated edge pixels are not.
        const bool first = convolution.index == 0;
        stages.push_back(
            {convolution.layer,
             [weight, bias, first](torch::Tensor x) {
                 if (first) x = as_taken_by(weight, torch::replication_pad2d(x, {1, 1, 1, 1}));
                 // In place is safe: a convolution's gradient does not need its
                 // output.
                 return tensor::conv2d(x, weight, bias, first ? 0 : 1).relu_();
             },
             ChainLink{weight, bias, first ? 0 : 1}});
    }
    return stages;
}

void describe_vgg(FeatureDefinition& definition, std::span<const VggConvolution> convolutions) {
    for (const auto& convolution : convolutions) {
        definition.layers.push_back(convolution.layer);
        definition.tensors[vgg_tensor_name(convolution, "weight")] = {convolution.out,
                                                                      convolution.in, 3, 3};
        definition.tensors[vgg_tensor_name(convolution, "bias")] = {convolution.out};
    }
    definition.caffe_mean = {103.939, 116.779, 123.68};
    definition.min_edge = 32;
    definition.build = [convolutions](const std::map<std::string, torch::Tensor>& weights,
                                      Pooling pooling) {
        return build_vgg(convolutions, weights, pooling);
    };
}

}  // namespace pentimento::nn
