// One function a file format: bytes in, RGBA out. Each refuses what is cut short or damaged, keeps
// warnings off the terminal and applies no orientation. The size was checked before.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/frame.h"
#include "core/base/result.h"

namespace pentimento::media {

using Bytes = std::span<const std::byte>;

/// Owned pixels that may still be written to; RGBA8, straight alpha, rows without gaps.
struct Rgba {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> pixels;

    Rgba() = default;
    Rgba(int w, int h)
        : width(w),
          height(h),
          pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 4) {}
    std::uint8_t* row(int y) {
        return pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 4;
    }
    Frame to_frame() && { return Frame::from_rgba(width, height, std::move(pixels)); }
};

/// The error of a decoder: only what went wrong; the caller adds the file's name.
inline Error decode_error(std::string what, std::string detail = {}) {
    return Error{ErrorCode::Corrupt, std::move(what), std::move(detail)};
}

/// `enough`: the picture may come out reduced as long as its shorter side has at least half again
/// as many pixels; 0 for the full size.
Result<Rgba> decode_jpeg(Bytes bytes, int enough);
Result<Rgba> decode_png(Bytes bytes);
Result<Rgba> decode_webp(Bytes bytes);
Result<Rgba> decode_tiff(Bytes bytes);
Result<Rgba> decode_gif(Bytes bytes);
/// BMP and PNM, through OpenCV.
Result<Rgba> decode_plain(Bytes bytes);

}  // namespace pentimento::media
