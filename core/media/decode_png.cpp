// PNG through libpng's simplified interface: any depth and colour type, transparency, interlacing.
#include <png.h>

#include "core/media/decoders.h"

namespace pentimento::media {

Result<Rgba> decode_png(Bytes bytes) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()))
        return decode_error("is damaged", image.message);
    image.format = PNG_FORMAT_RGBA;
    // Pictures of 16 bits hold the same tones as those of 8, not linear light.
    image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    Rgba out(static_cast<int>(image.width), static_cast<int>(image.height));
    if (!png_image_finish_read(&image, nullptr, out.pixels.data(), 0, nullptr)) {
        png_image_free(&image);
        return decode_error("ends early or is damaged", image.message);
    }
    return out;
}

}  // namespace pentimento::media
