// Where each style counts: masks from a person's grey pictures to one number a feature.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/base/frame.h"

namespace pentimento::style {

/// [height, width] in [0, 1] for every style, from grey frames of any size (transparent is black).
/// A style without a mask gets what the others leave. Empty when no style has one: then every
/// style is everywhere.
std::vector<torch::Tensor> make_masks(const std::vector<std::optional<Frame>>& frames,
                                      std::size_t styles, int width, int height);

/// A mask as seen by layers whose features are `cell` px apart: the mean over each cell.
class LayerMasks {
  public:
    LayerMasks() = default;
    LayerMasks(const torch::Tensor& mask, const std::vector<std::int64_t>& cells);
    /// Undefined for a style that is everywhere.
    torch::Tensor at(std::int64_t cell) const;

  private:
    std::map<std::int64_t, torch::Tensor> by_cell_;
};

}  // namespace pentimento::style
