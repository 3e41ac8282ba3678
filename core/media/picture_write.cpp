// From a frame to a file: PNG with settings inside, JPEG, WebP, TIFF, BMP. Encoded in memory,
// written whole.
#include <webp/encode.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cctype>
#include <memory>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/media/cv_bridge.h"
#include "core/media/picture.h"
#include "core/media/pixels.h"
#include "core/media/png_codec.h"
#include "core/media/tiff_memory.h"

namespace pentimento {
namespace {

constexpr char kSettingsKey[] = "pentimento";
constexpr char kReadableKey[] = "parameters";

using Encoded = Result<std::vector<std::byte>>;

Error cannot_encode(std::string_view format, std::string detail = {}) {
    return Error{
        ErrorCode::Internal,
        "The picture could not be written as " + std::string(format) + ". Try PNG instead.",
        std::move(detail)};
}

Encoded encode_with_opencv(const Frame& frame, const char* extension,
                           const std::vector<int>& options) {
    media::silence_opencv();
    try {
        const Frame opaque = media::over(frame, 0xffffff);
        cv::Mat bgr;
        cv::cvtColor(media::view(opaque), bgr, cv::COLOR_RGBA2BGR);
        std::vector<unsigned char> bytes;
        if (!cv::imencode(extension, bgr, bytes, options)) return cannot_encode(extension);
        const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
        return std::vector<std::byte>(first, first + bytes.size());
    } catch (const cv::Exception& problem) {
        return cannot_encode(extension, problem.what());
    }
}

Encoded encode_webp(const Frame& frame, int quality) {
    if (frame.width > WEBP_MAX_DIMENSION || frame.height > WEBP_MAX_DIMENSION)
        return Error{
            ErrorCode::TooLarge, "WebP holds at most 16,383 pixels a side. Use PNG instead.", {}};
    std::uint8_t* bytes = nullptr;
    const std::size_t size =
        WebPEncodeRGBA(frame.pixels, frame.width, frame.height, static_cast<int>(frame.stride),
                       static_cast<float>(quality), &bytes);
    const std::unique_ptr<std::uint8_t, void (*)(void*)> release(bytes, WebPFree);
    if (size == 0) return cannot_encode("WebP");
    const auto* first = reinterpret_cast<const std::byte*>(bytes);
    return std::vector<std::byte>(first, first + size);
}

Encoded encode_tiff(const Frame& frame) {
    media::TiffMemory memory;
    memory.writing = true;
    {
        const media::TiffHandle tiff = media::open_tiff(memory);
        if (!tiff) return cannot_encode("TIFF", memory.message);
        const std::uint16_t samples = media::is_opaque(frame) ? 3 : 4;
        TIFF* out = tiff.get();
        TIFFSetField(out, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(frame.width));
        TIFFSetField(out, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(frame.height));
        TIFFSetField(out, TIFFTAG_BITSPERSAMPLE, 8);
        TIFFSetField(out, TIFFTAG_SAMPLESPERPIXEL, samples);
        TIFFSetField(out, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
        TIFFSetField(out, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
        TIFFSetField(out, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
        TIFFSetField(out, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
        TIFFSetField(out, TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(out, 0));
        if (samples == 4) {
            const std::uint16_t straight = EXTRASAMPLE_UNASSALPHA;
            TIFFSetField(out, TIFFTAG_EXTRASAMPLES, 1, &straight);
        }
        std::vector<std::uint8_t> line(static_cast<std::size_t>(frame.width) * samples);
        for (int y = 0; y < frame.height; ++y) {
            for (std::size_t x = 0; x < static_cast<std::size_t>(frame.width); ++x)
                std::copy_n(frame.row(y) + x * 4, samples, line.data() + x * samples);
            if (TIFFWriteScanline(out, line.data(), static_cast<std::uint32_t>(y), 0) != 1)
                return cannot_encode("TIFF", memory.message);
        }
        if (TIFFFlush(out) != 1) return cannot_encode("TIFF", memory.message);
    }
    return std::move(memory.output);
}

Encoded encode(const std::string& extension, const Frame& frame, const WriteOptions& options) {
    const int quality = std::clamp(options.quality, 1, 100);
    if (extension == "png") {
        media::PngTexts texts;
        if (!options.settings.empty())
            texts.emplace_back(kSettingsKey, to_valid_utf8(options.settings));
        if (!options.readable.empty())
            texts.emplace_back(kReadableKey, to_valid_utf8(options.readable));
        return media::encode_png(frame, media::is_opaque(frame), texts);
    }
    if (extension == "webp") return encode_webp(frame, quality);
    if (extension == "tif" || extension == "tiff") return encode_tiff(frame);
    if (extension == "bmp") return encode_with_opencv(frame, ".bmp", {});
    return encode_with_opencv(frame, ".jpg", {cv::IMWRITE_JPEG_QUALITY, quality});
}

}  // namespace

std::vector<std::string> writable_extensions() {
    return {"png", "jpg", "jpeg", "webp", "tif", "tiff", "bmp"};
}

Status write_picture(const std::filesystem::path& path, const Frame& frame,
                     const WriteOptions& options) {
    if (frame.empty())
        return Error{ErrorCode::InvalidArgument, "There is no picture to write.", path.string()};
    std::string extension = path.extension().string();
    extension.erase(0, 1);
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto known = writable_extensions();
    if (std::find(known.begin(), known.end(), extension) == known.end())
        return Error{ErrorCode::InvalidArgument,
                     "“" + to_valid_utf8(path.filename().native()) +
                         "” does not say which picture format is wanted; use one of " +
                         join(known, ", ") + ".",
                     {}};
    try {
        const auto bytes = encode(extension, frame, options);
        return bytes ? write_file_atomically(path, std::span<const std::byte>(*bytes))
                     : Status(bytes.error());
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory to write this picture.",
                     path.string()};
    }
}

Result<std::string> read_settings(const std::filesystem::path& path) {
    const auto file = read_file(path, ReadLimits{}.max_file_bytes);
    if (!file) return file.error();
    const auto texts = media::read_png_texts(std::as_bytes(std::span(*file)));
    const std::string shown = "“" + to_valid_utf8(path.filename().native()) + "”";
    if (!texts)
        return Error{ErrorCode::Corrupt,
                     shown + " is not a sound PNG, so no settings can be read from it.",
                     texts.error().detail};
    for (const auto& [key, text] : *texts)
        if (key == kSettingsKey) return text;
    return Error{ErrorCode::NotFound, shown + " holds no settings of Pentimento.", {}};
}

}  // namespace pentimento
