// The product's own feature network: VGG-19's shape with a quarter of its channels.
#pragma once

#include <cstddef>
#include <span>

#include "core/nn/features/vgg.h"

namespace pentimento::nn {

inline constexpr const char* kBuiltinFeatures = "builtin";

/// VGG-19's, with a quarter of its channels; layers bear the same names.
inline constexpr auto kBuiltinConvolutions = [] {
    auto convolutions = kVgg19Convolutions;
    for (auto& convolution : convolutions) {
        if (convolution.index > 0) convolution.in /= 4;
        convolution.out /= 4;
    }
    return convolutions;
}();

/// The safetensors files that are part of the program.
std::span<const std::byte> builtin_feature_weights();
std::span<const std::byte> builtin_decoder_weights();

}  // namespace pentimento::nn
