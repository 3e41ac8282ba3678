// What the first bytes of a picture file say, read by ourselves so that nothing is decoded on
// trust.
#pragma once

#include "core/media/picture.h"

namespace pentimento::media {

struct Probe {
    PictureHeader header;
    int orientation = 1;  ///< EXIF, 1 … 8
    bool costly = false;  ///< 16 bits a channel or progressive: decoding takes twice the memory
};

/// The size is at least 1 × 1; nothing else about the file is certain.
Result<Probe> probe(std::span<const std::byte> bytes, std::string_view name);

}  // namespace pentimento::media
