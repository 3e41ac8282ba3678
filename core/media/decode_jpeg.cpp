// JPEG through libjpeg: CMYK, reduced decoding, and truncated data told apart from sound data.
// jpeglib.h needs <cstdio> before it.
#include <algorithm>
#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

#include <jerror.h>

#include "core/media/decoders.h"

namespace pentimento::media {
namespace {

constexpr int kMaxScans = 200;                 // a progressive file may ask for thousands
constexpr long kMaxWorkingBytes = 400L << 20;  // libjpeg's own buffers

struct Guard {
    jpeg_error_mgr base;  // first, so that libjpeg's pointer to it is a pointer to the Guard
    jpeg_progress_mgr progress;
    std::jmp_buf escape;
    char text[JMSG_LENGTH_MAX] = {};
    bool damaged = false;
};

Guard& guard(j_common_ptr info) {
    return *reinterpret_cast<Guard*>(info->err);
}

[[noreturn]] void fail(j_common_ptr info) {
    (*info->err->format_message)(info, guard(info).text);
    std::longjmp(guard(info).escape, 1);
}

void note(j_common_ptr info, int level) {
    if (level >= 0) return;
    switch (info->err->msg_code) {
        case JWRN_HIT_MARKER:  // the data of a scan end too early
        case JWRN_HUFF_BAD_CODE:
        case JWRN_ARITH_BAD_CODE:
        case JWRN_MUST_RESYNC:
            guard(info).damaged = true;
            break;
        default:
            break;  // extraneous bytes, odd version numbers: harmless
    }
}

void stay_silent(j_common_ptr) {
}

void count_scans(j_common_ptr info) {
    const auto* decoder = reinterpret_cast<j_decompress_ptr>(info);
    if (decoder->input_scan_number > kMaxScans) ERREXIT(info, JERR_CANT_SUSPEND);
}

/// No object with a destructor lives in this frame, since libjpeg leaves it by longjmp.
bool read(jpeg_decompress_struct& info, Guard& errors, Bytes bytes, int enough, Rgba& out,
          std::vector<std::uint8_t>& cmyk) {
    if (setjmp(errors.escape)) return false;
    jpeg_create_decompress(&info);
    info.progress = &errors.progress;
    info.mem->max_memory_to_use = kMaxWorkingBytes;
    jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()),
                 static_cast<unsigned long>(bytes.size()));
    jpeg_read_header(&info, TRUE);
    const auto shorter = static_cast<int>(std::min(info.image_width, info.image_height));
    info.scale_num = 1;
    info.scale_denom = 1;
    // Half as much again as is needed leaves the last step of the way down to a good filter.
    while (enough > 0 && info.scale_denom < 8 &&
           2 * (shorter / static_cast<int>(info.scale_denom * 2)) >= 3 * enough)
        info.scale_denom *= 2;
    const bool inks = info.num_components == 4;
    info.out_color_space = inks ? JCS_CMYK : JCS_EXT_RGBA;
    jpeg_start_decompress(&info);
    out = Rgba(static_cast<int>(info.output_width), static_cast<int>(info.output_height));
    if (inks) cmyk.resize(std::size_t{info.output_width} * 4);
    while (info.output_scanline < info.output_height) {
        std::uint8_t* row = out.row(static_cast<int>(info.output_scanline));
        JSAMPROW target = inks ? cmyk.data() : row;
        if (jpeg_read_scanlines(&info, &target, 1) != 1) return false;
        if (!inks) continue;
        // Adobe's files hold the inks inverted; others as they are.
        const unsigned flip = info.saw_Adobe_marker ? 0 : 255;
        for (std::size_t x = 0; x < info.output_width; ++x) {
            const unsigned black = cmyk[x * 4 + 3] ^ flip;
            for (std::size_t c = 0; c < 3; ++c)
                row[x * 4 + c] =
                    static_cast<std::uint8_t>(((cmyk[x * 4 + c] ^ flip) * black + 127) / 255);
            row[x * 4 + 3] = 255;
        }
    }
    jpeg_finish_decompress(&info);
    return true;
}

}  // namespace

Result<Rgba> decode_jpeg(Bytes bytes, int enough) {
    Guard errors{};
    jpeg_decompress_struct info{};
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = fail;
    errors.base.emit_message = note;
    errors.base.output_message = stay_silent;
    errors.progress.progress_monitor = count_scans;
    Rgba out;
    std::vector<std::uint8_t> line;
    const bool done = read(info, errors, bytes, enough, out, line);
    jpeg_destroy_decompress(&info);
    if (!done) return decode_error("is damaged", errors.text);
    if (errors.damaged)
        return decode_error("ends early or is damaged", "corrupt entropy-coded data");
    return out;
}

}  // namespace pentimento::media
