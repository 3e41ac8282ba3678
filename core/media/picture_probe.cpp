// Size, format and orientation of PNG, JPEG, WebP, TIFF, BMP, GIF and PNM files from their headers.
#include "core/media/picture_probe.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "core/base/text.h"
#include "core/media/byte_reader.h"

namespace pentimento::media {
namespace {

using namespace std::string_view_literals;
using Bytes = std::span<const std::byte>;

constexpr int kMaxChunks = 4096;  // bounds the walk through a file made of tiny chunks

void set_size(Probe& probe, std::uint32_t width, std::uint32_t height) {
    constexpr std::uint32_t kLargest = 0x7fffffff;
    probe.header.width = static_cast<int>(std::min(width, kLargest));
    probe.header.height = static_cast<int>(std::min(height, kLargest));
}

/// What the first directory of a TIFF structure says; EXIF blocks are such structures.
struct Directory {
    std::uint32_t width = 0, height = 0, bits = 8, orientation = 1, tile_width = 0, tile_height = 0;
};

Directory first_directory(Bytes bytes) {
    const bool big_endian = ByteReader(bytes).has(0, "MM");
    const ByteReader in(bytes, big_endian);
    const std::uint64_t at = in.u32(4);
    const std::uint32_t entries = in.u16(at);
    Directory found;
    for (std::uint32_t i = 0; i < entries && i < kMaxChunks; ++i) {
        const std::uint64_t entry = at + 2 + 12ull * i;
        if (entry + 12 > in.size()) break;
        const std::uint32_t type = in.u16(entry + 2), count = in.u32(entry + 4);
        // Several 16-bit values lie elsewhere; the first of them is enough (bits per sample).
        const std::uint64_t value_at =
            type == 3 && count > 2 ? std::uint64_t{in.u32(entry + 8)} : entry + 8;
        const std::uint32_t value = type == 3 ? in.u16(value_at) : in.u32(value_at);
        switch (in.u16(entry)) {
            case 256:
                found.width = value;
                break;
            case 257:
                found.height = value;
                break;
            case 258:
                found.bits = value;
                break;
            case 274:
                found.orientation = value;
                break;
            case 322:
                found.tile_width = value;
                break;
            case 323:
                found.tile_height = value;
                break;
            default:
                break;
        }
    }
    return found;
}

int exif_orientation(Bytes exif) {
    const ByteReader in(exif);
    if (in.has(0, "Exif\0\0"sv)) exif = exif.subspan(6);
    if (!ByteReader(exif).has(0, "II*\0"sv) && !ByteReader(exif).has(0, "MM\0*"sv)) return 1;
    const std::uint32_t orientation = first_directory(exif).orientation;
    return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
}

void probe_png(Bytes bytes, Probe& probe) {
    const ByteReader in(bytes, true);
    probe.header.format = "png";
    if (!in.has(12, "IHDR")) return;
    set_size(probe, in.u32(16), in.u32(20));
    probe.costly = in.u8(24) == 16;
    std::uint64_t at = 8;
    for (int i = 0; i < kMaxChunks && at + 12 <= in.size(); ++i) {
        const std::uint64_t length = in.u32(at);
        if (in.has(at + 4, "eXIf")) probe.orientation = exif_orientation(in.part(at + 8, length));
        at += 12 + length;
    }
}

void probe_jpeg(Bytes bytes, Probe& probe) {
    const ByteReader in(bytes, true);
    probe.header.format = "jpeg";
    std::uint64_t at = 2;
    for (int i = 0; i < kMaxChunks && at + 4 <= in.size(); ++i) {
        if (in.u8(at) != 0xff) {
            ++at;  // stray bytes between segments
            continue;
        }
        const std::uint32_t marker = in.u8(at + 1);
        if (marker == 0xff) {
            ++at;  // fill byte
            continue;
        }
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
            at += 2;
            continue;
        }
        if (marker == 0xd9 || marker == 0xda) return;
        const std::uint64_t length = in.u16(at + 2);
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
            marker != 0xcc) {
            set_size(probe, in.u16(at + 7), in.u16(at + 5));
            probe.costly = (marker & 3) == 2;
            // EXIF comes before the frame header, so nothing of interest follows.
            return;
        }
        if (marker == 0xe1 && in.has(at + 4, "Exif\0\0"sv) && length > 2)
            probe.orientation = exif_orientation(in.part(at + 4, length - 2));
        at += 2 + length;
    }
}

void probe_webp(Bytes bytes, Probe& probe) {
    const ByteReader in(bytes);
    probe.header.format = "webp";
    std::uint64_t at = 12;
    bool extended = false;
    for (int i = 0; i < kMaxChunks && at + 8 <= in.size(); ++i) {
        const std::uint64_t length = in.u32(at + 4), body = at + 8;
        if (in.has(at, "VP8X")) {
            extended = true;
            set_size(probe, 1 + in.number(body + 4, 3).value_or(0),
                     1 + in.number(body + 7, 3).value_or(0));
        } else if (in.has(at, "VP8 ") && !extended) {
            set_size(probe, in.u16(body + 6) & 0x3fff, in.u16(body + 8) & 0x3fff);
        } else if (in.has(at, "VP8L") && !extended) {
            const std::uint32_t bits = in.u32(body + 1);
            set_size(probe, 1 + (bits & 0x3fff), 1 + ((bits >> 14) & 0x3fff));
        } else if (in.has(at, "EXIF")) {
            probe.orientation = exif_orientation(in.part(body, length));
        }
        at = body + length + (length & 1);
    }
}

void probe_tiff(Bytes bytes, Probe& probe) {
    probe.header.format = "tiff";
    const Directory directory = first_directory(bytes);
    // A tile is decoded as a whole, so one larger than the picture counts as the picture's size.
    set_size(probe, std::max(directory.width, directory.width ? directory.tile_width : 0),
             std::max(directory.height, directory.height ? directory.tile_height : 0));
    probe.costly = directory.bits > 8;
    if (directory.orientation >= 1 && directory.orientation <= 8)
        probe.orientation = static_cast<int>(directory.orientation);
}

void probe_bmp(Bytes bytes, Probe& probe) {
    const ByteReader in(bytes);
    probe.header.format = "bmp";
    if (in.u32(14) == 12) {
        set_size(probe, in.u16(18), in.u16(20));
        return;
    }
    const auto width = static_cast<std::int32_t>(in.u32(18));
    const auto height = static_cast<std::int32_t>(in.u32(22));
    if (width > 0 && height != INT32_MIN)  // a negative height only turns the rows' order round
        set_size(probe, static_cast<std::uint32_t>(width),
                 static_cast<std::uint32_t>(std::abs(height)));
}

void probe_pnm(Bytes bytes, Probe& probe) {
    const ByteReader in(bytes);
    probe.header.format = "pnm";
    std::uint64_t at = 2;
    std::uint32_t size[2] = {0, 0};
    for (std::uint32_t& number : size) {
        while (at < in.size() && (std::isspace(static_cast<int>(in.u8(at))) || in.u8(at) == '#'))
            if (in.u8(at) == '#')
                while (at < in.size() && in.u8(at) != '\n') ++at;
            else
                ++at;
        for (; at < in.size() && std::isdigit(static_cast<int>(in.u8(at))) && number < 100'000'000;
             ++at)
            number = number * 10 + (in.u8(at) - '0');
    }
    set_size(probe, size[0], size[1]);
}

}  // namespace

Result<Probe> probe(Bytes bytes, std::string_view name) {
    const ByteReader in(bytes);
    const std::string shown = "“" + to_valid_utf8(name) + "”";
    Probe found;
    if (bytes.empty()) return Error{ErrorCode::Corrupt, shown + " is empty.", {}};
    if (in.has(0, "\x89PNG\r\n\x1a\n"))
        probe_png(bytes, found);
    else if (in.has(0, "\xff\xd8\xff"))
        probe_jpeg(bytes, found);
    else if (in.has(0, "RIFF") && in.has(8, "WEBP"))
        probe_webp(bytes, found);
    else if (in.has(0, "II*\0"sv) || in.has(0, "MM\0*"sv))
        probe_tiff(bytes, found);
    else if (in.has(0, "GIF87a") || in.has(0, "GIF89a")) {
        found.header.format = "gif";
        set_size(found, in.u16(6), in.u16(8));
    } else if (in.u8(0) == 'P' && in.u8(1) >= '1' && in.u8(1) <= '6' &&
               (std::isspace(static_cast<int>(in.u8(2))) || in.u8(2) == '#'))
        probe_pnm(bytes, found);
    else if (in.has(0, "BM") && in.size() >= 26 && in.u32(14) >= 12 && in.u32(14) <= 256)
        probe_bmp(bytes, found);
    else
        return Error{
            ErrorCode::Unsupported,
            shown + " is not a picture that can be read (PNG, JPEG, WebP, TIFF, BMP, GIF or PNM).",
            {}};
    if (found.header.width < 1 || found.header.height < 1)
        return Error{ErrorCode::Corrupt, shown + " has a damaged header: its size cannot be read.",
                     found.header.format};
    return found;
}

}  // namespace pentimento::media

namespace pentimento {

Result<PictureHeader> probe_picture(std::span<const std::byte> bytes, std::string_view name) {
    auto found = media::probe(bytes, name);
    if (!found) return found.error();
    return std::move(found->header);
}

}  // namespace pentimento
