// WebP through libwebp; of an animation the first frame, in its place on the canvas.
#include <webp/decode.h>
#include <webp/demux.h>

#include <cstring>
#include <memory>

#include "core/media/decoders.h"

namespace pentimento::media {

Result<Rgba> decode_webp(Bytes bytes) {
    const WebPData data{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    const std::unique_ptr<WebPDemuxer, void (*)(WebPDemuxer*)> demux(WebPDemux(&data),
                                                                     WebPDemuxDelete);
    if (!demux) return decode_error("ends early or is damaged", "WebPDemux");
    const auto width = static_cast<int>(WebPDemuxGetI(demux.get(), WEBP_FF_CANVAS_WIDTH));
    const auto height = static_cast<int>(WebPDemuxGetI(demux.get(), WEBP_FF_CANVAS_HEIGHT));
    WebPIterator frame{};
    if (!WebPDemuxGetFrame(demux.get(), 1, &frame))
        return decode_error("is damaged", "WebPDemuxGetFrame");
    const std::unique_ptr<WebPIterator, void (*)(WebPIterator*)> release(&frame,
                                                                         WebPDemuxReleaseIterator);
    if (width < 1 || height < 1 || frame.x_offset < 0 || frame.y_offset < 0 || frame.width < 1 ||
        frame.height < 1 || frame.width > width - frame.x_offset ||
        frame.height > height - frame.y_offset)
        return decode_error("is damaged", "frame outside of its canvas");
    WebPBitstreamFeatures features{};
    if (WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features) != VP8_STATUS_OK ||
        features.width != frame.width || features.height != frame.height)
        return decode_error("is damaged", "frame of another size than it says");
    Rgba out(width, height);
    const int stride = width * 4;
    std::uint8_t* corner = out.row(frame.y_offset) + frame.x_offset * 4;
    const auto room = static_cast<std::size_t>(out.pixels.data() + out.pixels.size() - corner);
    if (!WebPDecodeRGBAInto(frame.fragment.bytes, frame.fragment.size, corner, room, stride))
        return decode_error("ends early or is damaged", "WebPDecode");
    return out;
}

}  // namespace pentimento::media
