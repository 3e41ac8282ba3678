// Between tensors and the pictures that cross threads.
#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "core/base/frame.h"

namespace pentimento {

/// The values that black and white have in a tensor.
struct ValueRange {
    double low = 0;
    double high = 1;
};
inline constexpr ValueRange kUnitRange{0, 1};     ///< style transfer
inline constexpr ValueRange kSignedRange{-1, 1};  ///< GANs with tanh

/// `chw`: [C, H, W] of any floating or integer type and on any device; C = 1 grey, 3 RGB, 4 RGBA.
/// byte = floor(255·(v − low)/(high − low) + ½), clamped to 0 … 255; NaN gives 0. Without a fourth
/// channel the picture is opaque. Throws std::invalid_argument for other shapes (a bug in the
/// caller).
Frame tensor_to_frame(const torch::Tensor& chw, ValueRange range = kUnitRange);

/// `nchw`: [N, C, H, W], N ≥ 1, laid out row by row in ⌈N/columns⌉ rows without gaps; cells that
/// are left over are transparent black. `columns` is at least 1.
Frame tensor_to_grid(const torch::Tensor& nchw, int columns, ValueRange range = kUnitRange);

/// [3, H, W] float32 on `device`, whither the bytes are brought: low + (high − low)·p/255, where p
/// is the pixel over the opaque background 0xRRGGBB. tensor_to_frame gives exactly the bytes of an
/// opaque frame back.
torch::Tensor frame_to_tensor(const Frame& frame, ValueRange range = kUnitRange,
                              std::uint32_t background = 0xffffff,
                              const torch::Device& device = torch::kCPU);

}  // namespace pentimento
