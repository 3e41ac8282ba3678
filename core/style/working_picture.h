// Pictures of any size as tensors of the size that is worked on.
#pragma once

#include <torch/torch.h>

#include "core/base/frame.h"
#include "core/base/result.h"

namespace pentimento::style {

/// [1, 3, h, w] float32 on `device`, RGB in [0, 1] over white, antialiased. The memory used on the
/// CPU depends on the result, not on the frame.
torch::Tensor resized(const Frame& frame, int width, int height,
                      const torch::Device& device = torch::kCPU);

/// The brightness of a grey frame, transparent pixels as black: [height, width] in [0, 1], each
/// number the mean over its area.
torch::Tensor resized_mask(const Frame& frame, int width, int height);

/// As resized, with the longer edge `edge` and the same proportions. InvalidArgument when the frame
/// is empty or the shorter edge would fall below `min_edge`; `what` names the picture in the
/// message.
Result<torch::Tensor> resized_to_edge(const Frame& frame, int edge, int min_edge,
                                      const std::string& what,
                                      const torch::Device& device = torch::kCPU);

}  // namespace pentimento::style
