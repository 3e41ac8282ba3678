// The shape that the VGG networks (Simonyan and Zisserman 2014, arXiv:1409.1556) share: 3×3
// convolutions, and a pooling before each new block.
#pragma once

#include <array>
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

/// VGG-19 as far as relu5_1.
inline constexpr std::array<VggConvolution, 13> kVgg19Convolutions{{
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

/// "features.7.weight" for part = "weight".
std::string vgg_tensor_name(const VggConvolution& convolution, const char* part);

std::vector<FeatureStage> build_vgg(std::span<const VggConvolution> convolutions,
                                    const std::map<std::string, torch::Tensor>& weights,
                                    Pooling pooling);

/// Fills in what follows from the convolutions: layers, tensors, caffe_mean, min_edge and build.
/// `convolutions` must live as long as the program.
void describe_vgg(FeatureDefinition& definition, std::span<const VggConvolution> convolutions);

}  // namespace pentimento::nn
