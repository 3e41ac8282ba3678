// Small operations on RGBA pixels that reading, writing and importing share.
#pragma once

#include <cstdint>

#include "core/base/frame.h"
#include "core/media/decoders.h"

namespace pentimento::media {

bool is_opaque(const Frame& frame);
/// The picture over a plain colour (0xRRGGBB); the frame itself when it is opaque.
Frame over(const Frame& frame, std::uint32_t rgb);
/// The same in place.
void flatten(Rgba& picture, std::uint32_t rgb);

}  // namespace pentimento::media
