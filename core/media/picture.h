// Reading and writing single pictures, and their transformations. No OpenCV type appears here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/frame.h"
#include "core/base/result.h"

namespace pentimento {

/// What a file's header says, before anything is decoded.
struct PictureHeader {
    std::string format;  ///< "png", "jpeg", "webp", "tiff", "bmp", "gif", "pnm"
    int width = 0;       ///< pixels, as stored (before EXIF orientation)
    int height = 0;
};
Result<PictureHeader> probe_picture(std::span<const std::byte> bytes, std::string_view name);

struct ReadLimits {
    /// Refused before decoding. Pictures of 16 bits a channel and progressive ones count double.
    std::int64_t max_pixels = 100'000'000;
    std::uint64_t max_file_bytes = 512ull << 20;
};
/// EXIF orientation applied; 16 bit, palette, grey and CMYK converted to RGBA8 (alpha kept).
Result<Frame> read_picture(const std::filesystem::path& path, const ReadLimits& limits = {});
Result<Frame> decode_picture(std::span<const std::byte> bytes, std::string_view name,
                             const ReadLimits& limits = {});

struct WriteOptions {
    int quality = 92;  ///< JPEG and WebP, 1 … 100
    /// PNG only: JSON stored under the text key "pentimento"; empty: stripped.
    std::string settings = {};
    /// PNG only: the same for people, under "parameters".
    std::string readable = {};
};
/// The format follows the extension: png, jpg/jpeg, webp, tif/tiff, bmp. Atomic.
/// Formats without alpha get the picture over white.
Status write_picture(const std::filesystem::path& path, const Frame& frame,
                     const WriteOptions& options = {});
std::vector<std::string> writable_extensions();  ///< without the dot

/// The pictures directly in a folder, to judge by their names: 2 before 10, hidden files left out.
/// Errors: NotFound (no such folder, or no picture in it), Io.
Result<std::vector<std::filesystem::path>> list_pictures(const std::filesystem::path& folder);

/// The "pentimento" text of a PNG; NotFound when it has none.
Result<std::string> read_settings(const std::filesystem::path& path);

/// Centre crop to fill; squeeze ignoring aspect; whole picture with bars.
enum class Fit { Crop, Fit, Pad };
/// Area-averaged when shrinking, Lanczos when enlarging.
Frame resize(const Frame& frame, int width, int height, Fit fit = Fit::Crop,
             std::uint32_t rgb_background = 0xffffff);
/// So that the longer edge is at most `edge`.
Frame resize_to_edge(const Frame& frame, int edge);
/// Cells of a grid laid out row by row with `gap` transparent pixels between them; all of one size.
Frame make_grid(const std::vector<Frame>& cells, int columns, int gap = 0);
Frame crop(const Frame& frame, int x, int y, int width, int height);

}  // namespace pentimento
