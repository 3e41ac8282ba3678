// Pictures, folders and damaged bytes that the tests of this folder share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/base/random.h"
#include "core/media/import.h"
#include "core/media/picture.h"

namespace pentimento {

class TemporaryFolder : public testing::Test {
  protected:
    TemporaryFolder() {
        std::string pattern = (fs::temp_directory_path() / "pentimento-media-XXXXXX").string();
        dir_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryFolder() override {
        std::error_code ignored;
        fs::remove_all(dir_, ignored);
    }
    fs::path dir_;
};

inline void write_bytes(const fs::path& path, std::string_view bytes) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// A smooth picture whose four corners differ, so that no orientation looks like another:
/// red grows to the right, green downwards, and a blue block sits in the top left corner.
inline Frame test_picture(int width, int height, int seed = 0, bool transparent = false) {
    std::vector<std::uint8_t> rgba;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const bool block = x < width / 4 && y < height / 4;
            rgba.push_back(static_cast<std::uint8_t>(255 * x / width));
            rgba.push_back(static_cast<std::uint8_t>(255 * y / height));
            rgba.push_back(static_cast<std::uint8_t>(block ? 255 : seed * 37));
            rgba.push_back(static_cast<std::uint8_t>(transparent ? 55 + 200 * x / width : 255));
        }
    return Frame::from_rgba(width, height, std::move(rgba));
}

inline Frame grey_picture(int width, int height, int seed = 0) {
    std::vector<std::uint8_t> rgba;
    for (int i = 0; i < width * height; ++i) {
        const auto value = static_cast<std::uint8_t>(i * 5 + seed * 31);
        rgba.insert(rgba.end(), {value, value, value, 255});
    }
    return Frame::from_rgba(width, height, std::move(rgba));
}

/// The bytes of a file in the format that `extension` names.
inline std::string encoded(const Frame& frame, const std::string& extension) {
    static int number = 0;
    const fs::path path =
        fs::temp_directory_path() / ("pentimento-" + std::to_string(::getpid()) + "-" +
                                     std::to_string(++number) + "." + extension);
    EXPECT_TRUE(write_picture(path, frame, {.quality = 95}));
    std::string bytes = *read_file(path);
    fs::remove(path);
    return bytes;
}

inline Result<Frame> decode(std::string_view bytes, std::string_view name = "test") {
    return decode_picture(std::as_bytes(std::span(bytes)), name);
}

inline double mean_difference(const Frame& a, const Frame& b) {
    if (a.width != b.width || a.height != b.height) return 1000;
    double sum = 0;
    for (int y = 0; y < a.height; ++y)
        for (int x = 0; x < a.width * 4; ++x) sum += std::abs(a.row(y)[x] - b.row(y)[x]);
    return sum / (4.0 * a.width * a.height);
}

inline std::vector<std::uint8_t> pixel(const Frame& frame, int x, int y) {
    return {frame.row(y) + x * 4, frame.row(y) + x * 4 + 4};
}

inline void put_be32(std::string& bytes, std::size_t at, std::uint32_t value) {
    for (int i = 0; i < 4; ++i)
        bytes[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> (24 - 8 * i));
}

inline std::string le(std::uint64_t value, int count) {
    std::string out;
    for (int i = 0; i < count; ++i, value >>= 8) out += static_cast<char>(value);
    return out;
}

inline std::uint32_t crc32_of(std::string_view bytes) {
    std::uint32_t crc = ~0u;
    for (const unsigned char byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

inline std::string png_chunk(const std::string& type, const std::string& data) {
    std::string out(4, '\0'), tail(4, '\0');
    put_be32(out, 0, static_cast<std::uint32_t>(data.size()));
    put_be32(tail, 0, crc32_of(type + data));
    return out + type + data + tail;
}

/// A sound header for a picture that is not there.
inline std::string png_that_claims(std::uint32_t width, std::uint32_t height, int depth = 8,
                                   int colour = 6) {
    std::string header(8, '\0');
    put_be32(header, 0, width);
    put_be32(header, 4, height);
    header += {static_cast<char>(depth), static_cast<char>(colour), 0, 0, 0};
    return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) + png_chunk("IDAT", "x") +
           png_chunk("IEND", "");
}

/// An EXIF block that says nothing but the orientation.
inline std::string exif_block(int orientation, bool big_endian = false) {
    const auto n = [&](std::uint32_t value, int count) {
        std::string out = le(value, count);
        return big_endian ? std::string(out.rbegin(), out.rend()) : out;
    };
    return (big_endian ? std::string("MM") : std::string("II")) + n(42, 2) + n(8, 4) + n(1, 2) +
           n(274, 2) + n(3, 2) + n(1, 4) + n(static_cast<std::uint32_t>(orientation), 2) + n(0, 2) +
           n(0, 4);
}

inline std::string jpeg_with_exif(const std::string& jpeg, int orientation,
                                  bool big_endian = false) {
    const std::string body = std::string("Exif\0\0", 6) + exif_block(orientation, big_endian);
    const std::size_t length = body.size() + 2;
    return jpeg.substr(0, 2) + "\xff\xe1" + static_cast<char>(length >> 8) +
           static_cast<char>(length) + body + jpeg.substr(2);
}

/// Runs an import to its end; the pack lies at `out` afterwards.
struct Imported {
    Status status;
    std::vector<Event> events;
    std::optional<PackedDataset> pack;
    int steps = 0;
};

inline Imported import_all(const std::string& source, const fs::path& out,
                           const std::vector<std::pair<std::string, std::string>>& settings = {}) {
    Imported result;
    ParamSet params(import_schema());
    for (const auto& [id, text] : settings)
        EXPECT_TRUE(params.set_text(id, text)) << id << "=" << text;
    auto run = make_import_run(source, params, out);
    if (!run) {
        result.status = run.error();
        return result;
    }
    for (;;) {
        ++result.steps;
        auto report = (*run)->step();
        if (!report) {
            result.status = report.error();
            return result;
        }
        result.events.insert(result.events.end(), report->events.begin(), report->events.end());
        if (report->finished) break;
        if (result.steps > 10'000) {
            result.status = Error{ErrorCode::Internal, "the import does not end", {}};
            return result;
        }
    }
    auto pack = PackedDataset::open(out);
    EXPECT_TRUE(pack) << (pack ? "" : pack.error().message);
    if (pack) result.pack = std::move(*pack);
    return result;
}

inline long peak_memory_kb() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

inline fs::path assets() {
    if (const char* named = std::getenv("PENTIMENTO_ASSETS")) return named;
    return PENTIMENTO_SOURCE_DIR "/../shared/assets";
}

}  // namespace pentimento
