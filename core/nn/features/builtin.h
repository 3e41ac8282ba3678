// The product's own feature network: VGG-19's shape with a quarter of its channels.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "core/nn/features/vgg.h"

namespace pentimento::nn {

inline constexpr const char* kBuiltinFeatures = "builtin";

/// Layers bear the same names as VGG-19's.
inline constexpr std::array<VggConvolution, 13> kBuiltinConvolutions{{
    {0, 3, 16, "relu1_1", false},
    {2, 16, 16, "relu1_2", false},
    {5, 16, 32, "relu2_1", true},
    {7, 32, 32, "relu2_2", false},
    {10, 32, 64, "relu3_1", true},
    {12, 64, 64, "relu3_2", false},
    {14, 64, 64, "relu3_3", false},
    {16, 64, 64, "relu3_4", false},
    {19, 64, 128, "relu4_1", true},
    {21, 128, 128, "relu4_2", false},
    {23, 128, 128, "relu4_3", false},
    {25, 128, 128, "relu4_4", false},
    {28, 128, 128, "relu5_1", true},
}};

/// The safetensors files that are part of the program.
std::span<const std::byte> builtin_feature_weights();
std::span<const std::byte> builtin_decoder_weights();

}  // namespace pentimento::nn
