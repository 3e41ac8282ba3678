// Masks are brought to the picture's size once and to each layer's by area.
#include "core/style/masks.h"

#include "core/style/working_picture.h"
#include "core/tensor/frame.h"

namespace pentimento::style {

std::vector<torch::Tensor> make_masks(const std::vector<std::optional<Frame>>& frames,
                                      std::size_t styles, int width, int height) {
    std::vector<torch::Tensor> masks(styles);
    auto left = torch::ones({height, width});
    bool any = false;
    for (std::size_t k = 0; k < styles && k < frames.size(); ++k) {
        if (!frames[k]) continue;
        any = true;
        masks[k] = resized_mask(*frames[k], width, height);
        left = (left - masks[k]).clamp_min_(0);
    }
    if (!any) return {};
    for (auto& mask : masks)
        if (!mask.defined()) mask = left;
    return masks;
}

LayerMasks::LayerMasks(const torch::Tensor& mask, const std::vector<std::int64_t>& cells) {
    for (const auto cell : cells)
        if (by_cell_.count(cell) == 0)
            by_cell_[cell] = cell == 1 ? mask
                                       : torch::avg_pool2d(mask.unsqueeze(0), cell, cell, 0,
                                                           /*ceil_mode=*/true,
                                                           /*count_include_pad=*/false)
                                             .squeeze(0);
}

torch::Tensor LayerMasks::at(std::int64_t cell) const {
    const auto found = by_cell_.find(cell);
    return found == by_cell_.end() ? torch::Tensor() : found->second;
}

}  // namespace pentimento::style
