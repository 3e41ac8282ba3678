// Reading for other parts of this layer: pixels that may still be changed, reduced where that
// suffices.
#pragma once

#include "core/media/decoders.h"
#include "core/media/picture.h"

namespace pentimento::media {

/// As decode_picture; `enough` as in decode_jpeg.
Result<Rgba> decode_rgba(Bytes bytes, std::string_view name, const ReadLimits& limits,
                         int enough = 0);

}  // namespace pentimento::media
