// Large frames shrink by whole blocks while they are bytes; LibTorch does the fractional rest.
#include "core/style/working_picture.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/text.h"
#include "core/tensor/frame.h"

namespace pentimento::style {
namespace {

/// The mean of factor×factor blocks of premultiplied pixels over white; edges that do not fill a
/// block are averaged over what there is.
Frame shrink_by_blocks(const Frame& frame, int factor) {
    const int width = (frame.width + factor - 1) / factor;
    const int height = (frame.height + factor - 1) / factor;
    std::vector<std::uint8_t> rgba(static_cast<std::size_t>(width) * height * 4);
    std::vector<std::uint64_t> sums(static_cast<std::size_t>(width) * 3);
    for (int y = 0; y < height; ++y) {
        std::fill(sums.begin(), sums.end(), 0);
        const int bottom = std::min(frame.height, (y + 1) * factor);
        for (int source = y * factor; source < bottom; ++source) {
            const auto* pixel = frame.row(source);
            for (int x = 0; x < frame.width; ++x, pixel += 4)
                for (int c = 0; c < 3; ++c)
                    sums[static_cast<std::size_t>(x / factor) * 3 + c] +=
                        pixel[c] * pixel[3] + 255u * (255u - pixel[3]);
        }
        for (int x = 0; x < width; ++x) {
            const int columns = std::min(factor, frame.width - x * factor);
            const std::uint64_t weight = 255ull * columns * (bottom - y * factor);
            auto* pixel = &rgba[(static_cast<std::size_t>(y) * width + x) * 4];
            for (int c = 0; c < 3; ++c)
                pixel[c] = static_cast<std::uint8_t>(
                    (sums[static_cast<std::size_t>(x) * 3 + c] + weight / 2) / weight);
            pixel[3] = 255;
        }
    }
    return Frame::from_rgba(width, height, std::move(rgba));
}

/// By a factor that is more than one, or not at all.
torch::Tensor shrunk(const Frame& frame, int factor, const torch::Device& device) {
    if (device.is_cpu())
        return frame_to_tensor(factor > 1 ? shrink_by_blocks(frame, factor) : frame).unsqueeze(0);
    // A graphics card has the memory, and gets bytes.
    const auto picture = frame_to_tensor(frame, kUnitRange, 0xffffff, device).unsqueeze(0);
    return factor > 1 ? torch::avg_pool2d(picture, factor, factor, 0, /*ceil_mode=*/true,
                                          /*count_include_pad=*/false)
                      : picture;
}

}  // namespace

torch::Tensor resized(const Frame& frame, int width, int height, const torch::Device& device) {
    // At least twice the wanted size is left, so that the blocks do not show.
    const int factor = std::min(frame.width / (2 * width), frame.height / (2 * height));
    const auto picture = shrunk(frame, factor, device);
    if (picture.size(2) == height && picture.size(3) == width) return picture;
    return at::_upsample_bicubic2d_aa(picture, {height, width}, false, {}, {}).clamp(0, 1);
}

torch::Tensor resized_mask(const Frame& frame, int width, int height) {
    const auto grey = frame_to_tensor(frame, kUnitRange, 0).mean(0, true);
    // Each wanted number is the mean of what lies under it; a smaller mask is stretched softly.
    if (grey.size(1) >= height && grey.size(2) >= width)
        return torch::adaptive_avg_pool2d(grey, {height, width}).squeeze(0);
    return at::upsample_bilinear2d(grey.unsqueeze(0), {height, width}, false).view({height, width});
}

Result<torch::Tensor> resized_to_edge(const Frame& frame, int edge, int min_edge,
                                      const std::string& what, const torch::Device& device) {
    if (frame.empty())
        return Error{ErrorCode::InvalidArgument, what + " is empty: choose another one.", {}};
    const double scale = static_cast<double>(edge) / std::max(frame.width, frame.height);
    const int width = std::max(1, static_cast<int>(std::lround(frame.width * scale)));
    const int height = std::max(1, static_cast<int>(std::lround(frame.height * scale)));
    if (std::min(width, height) < min_edge)
        return Error{ErrorCode::InvalidArgument,
                     what + " would be " + std::to_string(width) + " × " + std::to_string(height) +
                         " px, which is too narrow for the feature network: its shorter edge needs "
                         "at least " +
                         std::to_string(min_edge) +
                         " px. Choose a larger size or crop the picture.",
                     {}};
    return resized(frame, width, height, device);
}

}  // namespace pentimento::style
