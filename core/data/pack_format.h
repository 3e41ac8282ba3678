// The bytes of a packed dataset, shared by writer and reader. docs/FORMATS.md describes them.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace pentimento::pack_format {

static_assert(std::endian::native == std::endian::little,
              "packs are little-endian and mapped as they are");

inline constexpr std::array<char, 8> kMagic = {'P', 'N', 'T', 'M', 'P', 'A', 'C', 'K'};
inline constexpr std::uint32_t kVersion = 1;
inline constexpr int kMinSide = 8;
inline constexpr int kMaxSide = 1024;
inline constexpr std::uint64_t kMaxCount = (1ull << 31) - 1;
inline constexpr std::uint64_t kMaxInfoBytes = 64ull << 20;
inline constexpr std::size_t kMaxProblems = 1000;
inline constexpr std::size_t kMaxNameBytes = 1024;

/// The first page of the file. Every byte of it is covered by `checksum`.
struct Header {
    std::array<char, 8> magic = kMagic;
    std::uint32_t version = kVersion;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t channels = 0;
    std::uint64_t count = 0;
    std::uint64_t names_bytes = 0;
    std::uint64_t info_bytes = 0;
    std::uint64_t file_bytes = 0;
    std::uint64_t fingerprint = 0;
    std::uint64_t metadata_checksum = 0;
    std::array<std::byte, 4096 - 80> reserved{};
    std::uint64_t checksum = 0;  ///< hash64 of all bytes before it
};
static_assert(sizeof(Header) == 4096 && offsetof(Header, checksum) == 4088);

/// What the fingerprint begins with: the same bytes in another shape are another dataset.
inline std::array<std::uint32_t, 3> shape(const Header& h) {
    return {h.width, h.height, h.channels};
}

inline std::span<const std::byte> checked_part(const Header& header) {
    return {reinterpret_cast<const std::byte*>(&header), offsetof(Header, checksum)};
}

/// Where the sections lie; they follow from the header's counts, so no offset in a file can lie.
struct Layout {
    std::uint64_t picture_bytes = 0;
    std::uint64_t pixels_end = 0;  ///< metadata, and the padding before it, begin here
    std::uint64_t name_ends = 0;   ///< u64[count]
    std::uint64_t labels = 0;      ///< i32[count]
    std::uint64_t names = 0;       ///< UTF-8, end to end
    std::uint64_t info = 0;        ///< JSON
    std::uint64_t end = 0;
};

/// Nothing when the counts are outside what the format allows; no sum below can then overflow.
inline std::optional<Layout> layout(const Header& h) {
    const auto side_ok = [](std::uint32_t side) { return side >= kMinSide && side <= kMaxSide; };
    if (!side_ok(h.width) || !side_ok(h.height) || (h.channels != 1 && h.channels != 3) ||
        h.count > kMaxCount || h.names_bytes > h.count * kMaxNameBytes ||
        h.info_bytes > kMaxInfoBytes)
        return std::nullopt;
    Layout at;
    at.picture_bytes = std::uint64_t{h.width} * h.height * h.channels;
    at.pixels_end = sizeof(Header) + h.count * at.picture_bytes;
    at.name_ends = (at.pixels_end + 7) / 8 * 8;
    at.labels = at.name_ends + h.count * sizeof(std::uint64_t);
    at.names = at.labels + h.count * sizeof(std::int32_t);
    at.info = at.names + h.names_bytes;
    at.end = at.info + h.info_bytes;
    return at;
}

}  // namespace pentimento::pack_format
