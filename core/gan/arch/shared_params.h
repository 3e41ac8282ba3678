// What several architectures declare alike, and how they count sizes and channels.
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <cstdint>

#include "core/params/param_set.h"

namespace pentimento::gan {

inline const Param<std::int64_t> kWidth =
    Param<std::int64_t>("width", 64)
        .label("Width")
        .help(
            "Channels of the layers with the most pixels; coarser layers have multiples of it, up "
            "to eight times. Twice the width is about four times the work and shows finer detail. "
            "64 is usual in papers; 4 to 32 suit two processors.")
        .unit("channels")
        .group("Model")
        .range(4, 256)
        .step(4);

/// How often 4 px must be doubled: 32 → 3, 64 → 4, 128 → 5.
inline int doublings(std::int64_t size) {
    int count = 0;
    while ((std::int64_t{4} << count) < size) ++count;
    return count;
}

/// Channels at a size in the line of ProGAN (Karras et al. 2017, arXiv:1710.10196, table 2): width
/// 64 gives 512 up to 32 px, 256 at 64, 128 at 128, 64 at 256.
inline std::int64_t channels_at(std::int64_t size, std::int64_t width) {
    return 8 * width * 32 / std::max<std::int64_t>(32, size);
}

/// Pictures of networks without tanh: as they are in training, so that gradients reach every pixel,
/// and cut to [−1, 1] where they are looked at.
inline torch::Tensor finished(const torch::Tensor& picture, bool training) {
    return training ? picture : picture.clamp(-1, 1);
}

}  // namespace pentimento::gan
