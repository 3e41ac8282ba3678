// TIFF through libtiff's RGBA interface: strips and tiles, palette, grey, CMYK, 16 bit; first page
// only.
#include <algorithm>

#include "core/media/decoders.h"
#include "core/media/tiff_memory.h"

namespace pentimento::media {

Result<Rgba> decode_tiff(Bytes bytes) {
    TiffMemory memory;
    memory.input = bytes;
    const TiffHandle tiff = open_tiff(memory);
    if (!tiff) return decode_error("is damaged", memory.message);
    std::uint32_t width = 0, height = 0;
    std::uint16_t orientation = 1;
    TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_ORIENTATION, &orientation);
    if (width < 1 || height < 1 || width > 0x7fffff || height > 0x7fffff)
        return decode_error("is damaged", "impossible size");
    char reason[1024] = {};
    if (!TIFFRGBAImageOK(tiff.get(), reason))
        return Error{ErrorCode::Unsupported, "is of a kind of TIFF that cannot be read", reason};
    Rgba out(static_cast<int>(width), static_cast<int>(height));
    // Asked for in the file's own orientation, libtiff leaves the rows as they are stored.
    if (!TIFFReadRGBAImageOriented(tiff.get(), width, height,
                                   reinterpret_cast<std::uint32_t*>(out.pixels.data()), orientation,
                                   1))
        return decode_error("ends early or is damaged", memory.message);
    // libtiff multiplies the colours by alpha; the bytes lie in memory as R, G, B, A.
    for (std::size_t i = 0; i < out.pixels.size(); i += 4) {
        const unsigned alpha = out.pixels[i + 3];
        if (alpha == 255 || alpha == 0) continue;
        for (std::size_t c = 0; c < 3; ++c)
            out.pixels[i + c] = static_cast<std::uint8_t>(
                std::min(255u, (out.pixels[i + c] * 255u + alpha / 2) / alpha));
    }
    return out;
}

}  // namespace pentimento::media
