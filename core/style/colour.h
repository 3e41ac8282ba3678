// Keeping the photograph's colours, as a step after the blending: it changes what is shown and
// exported, never what is optimised, so it acts at once.
#pragma once

#include <torch/torch.h>

#include <string>

namespace pentimento::style {

/// `result` and `content`: [1, 3, H, W], sRGB in [0, 1], of one size. `kind`:
/// "none": the result as it is;
/// "luma": brightness (BT.601) of the result, colour of the content, less saturated where they
///     would leave the range, so that the brightness is kept exactly;
/// "oklab": the same in OkLab (Ottosson 2020), where equal brightness also looks equal;
/// "mean_cov": the result with the content's mean colour and covariance of colours, by the linear
///     map that moves colours least (Pitié, Kokaram 2007), clamped.
/// Throws std::invalid_argument for other names.
torch::Tensor keep_colour(const std::string& kind, const torch::Tensor& result,
                          const torch::Tensor& content);

/// Between sRGB in [0, 1] and OkLab (L, a, b); [1, 3, H, W].
torch::Tensor to_oklab(const torch::Tensor& srgb);
/// Colours beyond sRGB are brought towards the grey of the same L.
torch::Tensor from_oklab(const torch::Tensor& oklab);

/// Mean [3] and covariance [3, 3] of colours, float64 on the CPU.
using ColourStatistics = std::pair<torch::Tensor, torch::Tensor>;
/// Of a picture [1, 3, H, W]; with `mask` [H, W] in [0, 1] of what lies under it.
ColourStatistics colour_statistics(const torch::Tensor& picture, const torch::Tensor& mask = {});
/// `share` of the way from one to the other.
ColourStatistics between(const ColourStatistics& from, const ColourStatistics& to, double share);
/// The picture with its colours, whose statistics are `own`, brought to those `wanted` by the
/// linear map that moves colours least (Pitié, Kokaram 2007); not clamped. `grain`: the deviation
/// of colours that counts as noise and is not stretched.
torch::Tensor with_colours(const torch::Tensor& picture, const ColourStatistics& own,
                           const ColourStatistics& wanted, double grain = 0);
/// The square root of a symmetric positive matrix, or of its inverse (on what is not null).
torch::Tensor matrix_root(const torch::Tensor& matrix, bool inverse = false);

}  // namespace pentimento::style
