// BMP and PNM through OpenCV, after checking that uncompressed data are all there.
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>

#include "core/media/byte_reader.h"
#include "core/media/cv_bridge.h"
#include "core/media/decoders.h"
#include "core/media/picture_probe.h"

namespace pentimento::media {
namespace {

/// What OpenCV would meet with whatever memory held, or with a message on the terminal, ends here.
/// Empty when the file may be decoded.
std::string objection(Bytes bytes, const Probe& found) {
    const ByteReader in(bytes);
    const auto width = static_cast<std::uint64_t>(found.header.width);
    const auto height = static_cast<std::uint64_t>(found.header.height);
    constexpr const char* kShort = "ends early";
    if (found.header.format == "bmp") {
        const bool old = in.u32(14) == 12;
        const std::uint64_t bits = in.u16(old ? 24 : 28);
        const std::uint32_t compression = old ? 0 : in.u32(30);
        constexpr std::uint64_t kDepths[] = {1, 4, 8, 16, 24, 32};
        if (compression > 3 ||
            std::find(std::begin(kDepths), std::end(kDepths), bits) == std::end(kDepths))
            return "is of a kind of BMP that cannot be read";
        if (compression == 1 || compression == 2)
            return {};  // run lengths: the size is not known before
        return in.u32(10) + (width * bits + 31) / 32 * 4 * height <= bytes.size() ? "" : kShort;
    }
    const std::uint32_t kind = in.u8(1) - '0';
    const std::uint64_t row = kind == 4 ? (width + 7) / 8 : kind == 6 ? width * 3 : width;
    return row * height <= bytes.size() ? ""
                                        : kShort;  // as text, each sample takes more than a byte
}

}  // namespace

Result<Rgba> decode_plain(Bytes bytes) {
    const auto found = probe(bytes, {});
    if (!found) return found.error();
    if (std::string problem = objection(bytes, *found); !problem.empty())
        return decode_error(std::move(problem));
    silence_opencv();
    try {
        const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8U,
                          const_cast<std::byte*>(bytes.data()));
        const cv::Mat decoded = cv::imdecode(raw, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
        if (decoded.empty() || decoded.type() != CV_8UC3) return decode_error("is damaged");
        Rgba out(decoded.cols, decoded.rows);
        cv::Mat target(out.height, out.width, CV_8UC4, out.pixels.data());
        cv::cvtColor(decoded, target, cv::COLOR_BGR2RGBA);
        return out;
    } catch (const cv::Exception& problem) {
        return decode_error("is damaged", problem.what());
    }
}

}  // namespace pentimento::media
