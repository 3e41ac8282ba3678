// Sampling pictures at other places.
#pragma once

#include <torch/torch.h>

namespace pentimento::gan {

enum class Sampling { Nearest, Bilinear };
enum class Outside { Zero, Mirror };

/// pictures N×C×H×W, grid N×H'×W'×2 of (x, y) where −1 and 1 are the outer edges of the outermost
/// pixels → N×C×H'×W'. Unlike LibTorch's own grid_sample it is differentiable in the pictures as
/// often as one likes (a gradient penalty needs two); not in the grid.
torch::Tensor sample_at(const torch::Tensor& pictures, const torch::Tensor& grid, Sampling sampling,
                        Outside outside);

}  // namespace pentimento::gan
