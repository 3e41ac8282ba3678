// The shape that the VGG networks (Simonyan and Zisserman 2014, arXiv:1409.1556) share: 3×3
// convolutions, and a pooling before each new block.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/nn/features/feature_network.h"

namespace pentimento::nn {

struct VggConvolution {
    int index;  ///< in torchvision's `features`
    int in, out;
    const char* layer;  ///< "relu3_1": after the ReLU
    bool pool_before;
};

/// "features.7.weight" for part = "weight".
std::string vgg_tensor_name(const VggConvolution& convolution, const char* part);

std::vector<FeatureStage> build_vgg(std::span<const VggConvolution> convolutions,
                                    const std::map<std::string, torch::Tensor>& weights,
                                    Pooling pooling);

/// Fills in what follows from the convolutions: layers, tensors, caffe_mean, min_edge and build.
/// `convolutions` must live as long as the program.
void describe_vgg(FeatureDefinition& definition, std::span<const VggConvolution> convolutions);

}  // namespace pentimento::nn
