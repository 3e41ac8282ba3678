// PNG with text, in memory.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/frame.h"
#include "core/base/result.h"

namespace pentimento::media {

using PngTexts = std::vector<std::pair<std::string, std::string>>;  ///< key, UTF-8 text

Result<std::vector<std::byte>> encode_png(const Frame& frame, bool opaque, const PngTexts& texts);
/// The texts before the pixels; nothing is decoded. Texts over 4 MB are refused.
Result<PngTexts> read_png_texts(std::span<const std::byte> bytes);

}  // namespace pentimento::media
