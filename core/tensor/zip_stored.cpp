// The central directory of a ZIP archive, after PKWARE's APPNOTE 6.3.10. Every offset is checked
// before it is followed.
#include "core/tensor/zip_stored.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "core/base/text.h"

namespace pentimento {
namespace {

constexpr std::uint64_t kMaxEntries = 200'000;
constexpr std::uint32_t kFull32 = 0xffffffff;

/// A little-endian number at `at`; nothing when it lies outside.
template <class T>
std::optional<T> number(std::span<const std::byte> bytes, std::uint64_t at) {
    if (at > bytes.size() || bytes.size() - at < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    return value;
}

struct Directory {
    std::uint64_t offset = 0, entries = 0;
};

/// The end record stands last, behind at most a comment of 65,535 bytes.
std::optional<Directory> find_directory(std::span<const std::byte> zip) {
    constexpr std::uint64_t kEnd = 22;
    if (zip.size() < kEnd) return std::nullopt;
    const std::uint64_t first = zip.size() - std::min<std::uint64_t>(zip.size(), kEnd + 0xffff);
    for (std::uint64_t at = zip.size() - kEnd + 1; at-- > first;) {
        if (number<std::uint32_t>(zip, at) != 0x06054b50u) continue;
        Directory found{*number<std::uint32_t>(zip, at + 16), *number<std::uint16_t>(zip, at + 10)};
        if (at >= 20 && number<std::uint32_t>(zip, at - 20) == 0x07064b50u) {
            const auto record = number<std::uint64_t>(zip, at - 20 + 8);
            if (number<std::uint32_t>(zip, *record) != 0x06064b50u) return std::nullopt;
            const auto entries = number<std::uint64_t>(zip, *record + 32);
            const auto offset = number<std::uint64_t>(zip, *record + 48);
            if (!entries || !offset) return std::nullopt;
            found = {*offset, *entries};
        }
        return found;
    }
    return std::nullopt;
}

struct Sizes {
    std::uint64_t packed = 0, plain = 0, header = 0;
};

/// Numbers that do not fit 32 bits stand in the extra field 1, in this order.
bool widen(std::span<const std::byte> extra, Sizes& sizes) {
    if (sizes.plain != kFull32 && sizes.packed != kFull32 && sizes.header != kFull32) return true;
    for (std::uint64_t at = 0; extra.size() - at >= 4;) {
        const auto id = *number<std::uint16_t>(extra, at);
        const auto length = *number<std::uint16_t>(extra, at + 2);
        if (length > extra.size() - at - 4) return false;
        if (id == 1) {
            auto field = extra.subspan(at + 4, length);
            for (std::uint64_t* size : {&sizes.plain, &sizes.packed, &sizes.header}) {
                if (*size != kFull32) continue;
                const auto wide = number<std::uint64_t>(field, 0);
                if (!wide) return false;
                *size = *wide;
                field = field.subspan(8);
            }
            return true;
        }
        at += 4u + length;
    }
    return false;
}

}  // namespace

Result<std::map<std::string, ZipEntry>> read_stored_zip(std::span<const std::byte> zip,
                                                        std::string_view name) {
    const auto fail = [&](ErrorCode code, const std::string& problem) {
        return Error{code,
                     "'" + to_valid_utf8(name) + "' was not read: " + problem +
                         ". Use another copy of the file.",
                     {}};
    };
    const auto damaged = [&] {
        return fail(ErrorCode::Corrupt, "its table of contents is damaged or incomplete");
    };
    const auto directory = find_directory(zip);
    if (!directory) return damaged();
    if (directory->entries > kMaxEntries)
        return fail(ErrorCode::TooLarge, "it has too many entries");

    std::map<std::string, ZipEntry> entries;
    std::uint64_t at = directory->offset;
    for (std::uint64_t i = 0; i < directory->entries; ++i) {
        constexpr std::uint64_t kCentral = 46;
        if (at > zip.size() || zip.size() - at < kCentral ||
            *number<std::uint32_t>(zip, at) != 0x02014b50u)
            return damaged();
        const auto flags = *number<std::uint16_t>(zip, at + 8);
        const auto method = *number<std::uint16_t>(zip, at + 10);
        const auto sum = *number<std::uint32_t>(zip, at + 16);
        Sizes sizes{*number<std::uint32_t>(zip, at + 20), *number<std::uint32_t>(zip, at + 24),
                    *number<std::uint32_t>(zip, at + 42)};
        const std::uint64_t name_length = *number<std::uint16_t>(zip, at + 28),
                            extra_length = *number<std::uint16_t>(zip, at + 30),
                            comment_length = *number<std::uint16_t>(zip, at + 32);
        if (zip.size() - at - kCentral < name_length + extra_length + comment_length)
            return damaged();
        const std::string entry(reinterpret_cast<const char*>(zip.data() + at + kCentral),
                                name_length);
        if (!widen(zip.subspan(at + kCentral + name_length, extra_length), sizes)) return damaged();
        at += kCentral + name_length + extra_length + comment_length;

        if (method != 0 || (flags & 1) != 0 || sizes.packed != sizes.plain)
            return fail(ErrorCode::Unsupported,
                        "its entry '" + to_valid_utf8(entry) +
                            "' is compressed or encrypted, which PyTorch never does");
        constexpr std::uint64_t kLocal = 30;
        if (sizes.header > zip.size() || zip.size() - sizes.header < kLocal ||
            *number<std::uint32_t>(zip, sizes.header) != 0x04034b50u)
            return damaged();
        const std::uint64_t begin = sizes.header + kLocal +
                                    *number<std::uint16_t>(zip, sizes.header + 26) +
                                    *number<std::uint16_t>(zip, sizes.header + 28);
        if (begin > zip.size() || sizes.plain > zip.size() - begin) return damaged();
        if (!entries.emplace(entry, ZipEntry{zip.subspan(begin, sizes.plain), sum}).second)
            return damaged();
    }
    return entries;
}

std::uint32_t crc32(std::span<const std::byte> bytes) {
    // Four tables: four bytes a step.
    static const auto tables = [] {
        std::array<std::array<std::uint32_t, 256>, 4> t{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = (value >> 1) ^ ((value & 1) ? 0xedb88320u : 0);
            t[0][i] = value;
        }
        for (std::size_t k = 1; k < 4; ++k)
            for (std::size_t i = 0; i < 256; ++i)
                t[k][i] = (t[k - 1][i] >> 8) ^ t[0][t[k - 1][i] & 255];
        return t;
    }();
    std::uint32_t sum = ~0u;
    std::size_t i = 0;
    for (; i + 4 <= bytes.size(); i += 4) {
        std::uint32_t word;
        std::memcpy(&word, bytes.data() + i, 4);
        sum ^= word;
        sum = tables[3][sum & 255] ^ tables[2][(sum >> 8) & 255] ^ tables[1][(sum >> 16) & 255] ^
              tables[0][sum >> 24];
    }
    for (; i < bytes.size(); ++i)
        sum = (sum >> 8) ^ tables[0][(sum ^ static_cast<std::uint32_t>(bytes[i])) & 255];
    return ~sum;
}

}  // namespace pentimento
