// The import's parameters as a plain value, and what they do to one picture.
#pragma once

#include <cstdint>
#include <string>

#include "core/media/decoders.h"
#include "core/media/picture.h"
#include "core/params/param_set.h"

namespace pentimento::media {

enum class Channels { Auto, Grey, Rgb };
enum class EmojiSet { Distinct, Faces, All };

struct ImportSettings {
    int size = 64;
    Fit fit = Fit::Crop;
    Channels channels = Channels::Auto;
    std::uint32_t background = 0xffffff;  ///< 0xRRGGBB
    bool mirror = false;
    bool skip_duplicates = true;
    int min_side = 16;
    std::int64_t limit = 0;  ///< 0: all
    EmojiSet emoji = EmojiSet::Distinct;
    ReadLimits read;

    static Result<ImportSettings> from(const ParamSet& params);
};

/// A picture file's bytes as pixels; refuses what is smaller than min_side. `name` is for messages.
Result<Rgba> decode_for_import(Bytes bytes, std::string_view name, const ImportSettings& settings);

/// size × size, opaque. Fails when the picture is smaller than min_side.
Result<Frame> prepare(Rgba picture, const ImportSettings& settings);

/// True when red, green and blue are equal everywhere.
bool is_grey(const Frame& frame);
/// The same with luma (BT.601) in all three colours.
Frame grey_frame(const Frame& frame);
/// The bytes of a pack: 1 channel (luma, BT.601) or 3.
std::vector<std::uint8_t> packed_pixels(const Frame& frame, int channels, bool mirrored);

}  // namespace pentimento::media
