// Lets libtiff read from and write to memory, with its messages collected instead of printed.
#pragma once

#include <tiffio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pentimento::media {

/// Must stay where it is while a TIFF uses it.
struct TiffMemory {
    std::span<const std::byte> input;
    std::vector<std::byte> output;
    bool writing = false;
    std::uint64_t position = 0;
    std::string message;  ///< the first error
};

using TiffHandle = std::unique_ptr<TIFF, void (*)(TIFF*)>;
/// An empty handle when libtiff refuses.
TiffHandle open_tiff(TiffMemory& memory);

}  // namespace pentimento::media
