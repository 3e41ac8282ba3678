// Resampling on a graphics card. No LibTorch here: nvcc compiles this.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace pentimento::nn::detail {

enum class CardNumber { Float32, Float16, BFloat16 };

/// Everything about a resampling but the pixels; see core/nn/resample_plane.h for what it means.
/// Pixels lie as N×H×W×C: channels-last pictures as they are, and planes of others as pictures of
/// one channel.
struct CardPlan {
    std::int64_t count, height, width, channels, out_height, out_width;
    int up, down;
    std::int64_t pad;
    static constexpr int kMostTaps = 16;
    int tap_count;
    float taps[kMostTaps];
};

/// Sums are in float32. Returns at once; errors are those of the launch.
cudaError_t resample_on_card(const void* in, void* out, CardNumber number, const CardPlan& plan,
                             cudaStream_t stream);

}  // namespace pentimento::nn::detail
