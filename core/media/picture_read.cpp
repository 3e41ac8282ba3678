// From a file to upright RGBA pixels: refuses by size first, then decodes, then applies
// orientation.
#include "core/media/picture_read.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/media/class_folders.h"
#include "core/media/picture_probe.h"

namespace pentimento::media {
namespace {

/// Pictures above this are decoded one at a time, so that memory does not grow with the threads.
constexpr std::int64_t kLargePicture = 4'000'000;
std::mutex g_large_picture;

void swap_pixels(std::uint8_t* a, std::uint8_t* b) {
    std::uint32_t first, second;
    std::memcpy(&first, a, 4);
    std::memcpy(&second, b, 4);
    std::memcpy(a, &second, 4);
    std::memcpy(b, &first, 4);
}

void mirror(Rgba& picture) {
    for (int y = 0; y < picture.height; ++y)
        for (int left = 0, right = picture.width - 1; left < right; ++left, --right)
            swap_pixels(picture.row(y) + left * 4, picture.row(y) + right * 4);
}

void flip(Rgba& picture) {
    for (int top = 0, bottom = picture.height - 1; top < bottom; ++top, --bottom)
        std::swap_ranges(picture.row(top), picture.row(top) + picture.width * 4,
                         picture.row(bottom));
}

Rgba transposed(Rgba picture) {
    Rgba out(picture.height, picture.width);
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x)
            std::memcpy(out.row(x) + y * 4, picture.row(y) + x * 4, 4);
    return out;
}

/// EXIF 2.3, tag 274: where the stored first row and column belong.
Rgba upright(Rgba picture, int orientation) {
    if (orientation >= 5) picture = transposed(std::move(picture));
    if (orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7)
        mirror(picture);
    if (orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8) flip(picture);
    return picture;
}

Result<Rgba> decode_as(const std::string& format, Bytes bytes, int enough) {
    if (format == "jpeg") return decode_jpeg(bytes, enough);
    if (format == "png") return decode_png(bytes);
    if (format == "webp") return decode_webp(bytes);
    if (format == "tiff") return decode_tiff(bytes);
    if (format == "gif") return decode_gif(bytes);
    return decode_plain(bytes);
}

}  // namespace

Result<Rgba> decode_rgba(Bytes bytes, std::string_view name, const ReadLimits& limits, int enough) {
    auto found = probe(bytes, name);
    if (!found) return found.error();
    const std::string shown = "“" + to_valid_utf8(name) + "”";
    const std::int64_t width = found->header.width, height = found->header.height;
    const std::int64_t pixels = width * height;  // both below 2^31
    if (pixels > limits.max_pixels / (found->costly ? 2 : 1))
        return Error{
            ErrorCode::TooLarge,
            shown + " says it has " + format_count(width) + " × " + format_count(height) +
                " pixels; that is more than the limit of " + format_count(limits.max_pixels) +
                (found->costly ? " (pictures of 16 bits and progressive ones count double)." : "."),
            {}};
    std::unique_lock<std::mutex> alone(g_large_picture, std::defer_lock);
    if (pixels > kLargePicture) alone.lock();
    try {
        auto decoded = decode_as(found->header.format, bytes, enough);
        if (!decoded)
            return Error{decoded.error().code,
                         shown + " " + decoded.error().message + " (" + found->header.format + ").",
                         decoded.error().detail};
        return upright(std::move(*decoded), found->orientation);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory,
                     "There is not enough memory to read " + shown + " (" + format_count(pixels) +
                         " pixels).",
                     {}};
    }
}

}  // namespace pentimento::media

namespace pentimento {

Result<Frame> decode_picture(std::span<const std::byte> bytes, std::string_view name,
                             const ReadLimits& limits) {
    auto decoded = media::decode_rgba(bytes, name, limits);
    if (!decoded) return decoded.error();
    return std::move(*decoded).to_frame();
}

Result<Frame> read_picture(const std::filesystem::path& path, const ReadLimits& limits) {
    const auto text = read_file(path, limits.max_file_bytes);
    if (!text) return text.error();
    return decode_picture(std::as_bytes(std::span(*text)), path.filename().native(), limits);
}

Result<std::vector<fs::path>> list_pictures(const fs::path& folder) {
    const std::string shown = to_valid_utf8(folder.native());
    std::error_code failed;
    if (!fs::is_directory(folder, failed))
        return Error{ErrorCode::NotFound, "There is no folder " + shown + ".", {}};
    std::vector<fs::path> found;
    fs::directory_iterator entry(folder, failed);
    for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
        const std::string name = entry->path().filename().native();
        std::error_code ignored;
        if (!media::is_hidden(name) && media::kind_of_name(name) == media::NameKind::Picture &&
            entry->is_regular_file(ignored))
            found.push_back(entry->path());
    }
    if (failed)
        return Error{ErrorCode::Io, "The folder " + shown + " cannot be read.", failed.message()};
    if (found.empty())
        return Error{ErrorCode::NotFound, "There are no pictures in " + shown + ".", {}};
    std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) {
        return media::natural_less(a.native(), b.native());
    });
    return found;
}

}  // namespace pentimento
