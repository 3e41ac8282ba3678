// GIF through giflib: the first picture of the file, in its place on the canvas.
#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "core/media/decoders.h"

namespace pentimento::media {
namespace {

struct Input {
    Bytes bytes;
    std::size_t position = 0;
};

int read_bytes(GifFileType* gif, GifByteType* to, int count) {
    auto& input = *static_cast<Input*>(gif->UserData);
    const std::size_t take =
        std::min(static_cast<std::size_t>(std::max(count, 0)), input.bytes.size() - input.position);
    std::memcpy(to, input.bytes.data() + input.position, take);
    input.position += take;
    return static_cast<int>(take);
}

void close_gif(GifFileType* gif) {
    int ignored = 0;
    DGifCloseFile(gif, &ignored);
}

/// Skips to the first picture; false when there is none. Notes the transparent colour on the way.
bool find_picture(GifFileType* gif, int& transparent) {
    for (;;) {
        GifRecordType type = UNDEFINED_RECORD_TYPE;
        if (DGifGetRecordType(gif, &type) != GIF_OK || type == TERMINATE_RECORD_TYPE) return false;
        if (type == IMAGE_DESC_RECORD_TYPE) return DGifGetImageHeader(gif) == GIF_OK;
        if (type != EXTENSION_RECORD_TYPE) continue;
        int code = 0;
        GifByteType* block = nullptr;
        if (DGifGetExtension(gif, &code, &block) != GIF_OK) return false;
        GraphicsControlBlock control{};
        if (code == GRAPHICS_EXT_FUNC_CODE && block != nullptr &&
            DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
            transparent = control.TransparentColor;
        while (block != nullptr)
            if (DGifGetExtensionNext(gif, &block) != GIF_OK) return false;
    }
}

}  // namespace

Result<Rgba> decode_gif(Bytes bytes) {
    Input input{bytes};
    int code = 0;
    const std::unique_ptr<GifFileType, void (*)(GifFileType*)> gif(
        DGifOpen(&input, read_bytes, &code), close_gif);
    if (!gif) return decode_error("is damaged", "DGifOpen " + std::to_string(code));
    int transparent = NO_TRANSPARENT_COLOR;
    if (!find_picture(gif.get(), transparent))
        return decode_error("ends early or holds no picture");
    const GifImageDesc& at = gif->Image;
    const ColorMapObject* colours = at.ColorMap ? at.ColorMap : gif->SColorMap;
    if (colours == nullptr || at.Left < 0 || at.Top < 0 || at.Width < 1 || at.Height < 1 ||
        at.Width > gif->SWidth - at.Left || at.Height > gif->SHeight - at.Top)
        return decode_error("is damaged", "frame outside of its canvas or without colours");
    Rgba out(gif->SWidth, gif->SHeight);
    std::vector<GifPixelType> line(static_cast<std::size_t>(at.Width));
    constexpr int kFirst[] = {0, 4, 2, 1}, kStep[] = {8, 8, 4, 2};
    for (int pass = 0; pass < (at.Interlace ? 4 : 1); ++pass)
        for (int y = at.Interlace ? kFirst[pass] : 0; y < at.Height;
             y += at.Interlace ? kStep[pass] : 1) {
            if (DGifGetLine(gif.get(), line.data(), at.Width) != GIF_OK)
                return decode_error("ends early or is damaged", "DGifGetLine");
            std::uint8_t* to = out.row(at.Top + y) + at.Left * 4;
            for (const GifPixelType index : line) {
                if (index != transparent && index < colours->ColorCount) {
                    const GifColorType& colour = colours->Colors[index];
                    to[0] = colour.Red, to[1] = colour.Green, to[2] = colour.Blue, to[3] = 255;
                }
                to += 4;
            }
        }
    return out;
}

}  // namespace pentimento::media
