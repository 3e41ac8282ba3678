// Numbers out of untrusted bytes: every access is checked, and what lies outside reads as nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace pentimento::media {

class ByteReader {
  public:
    explicit ByteReader(std::span<const std::byte> bytes, bool big_endian = false)
        : bytes_(bytes), big_endian_(big_endian) {}

    std::size_t size() const { return bytes_.size(); }

    /// `count` bytes (1 … 4) as an unsigned number.
    std::optional<std::uint32_t> number(std::uint64_t offset, unsigned count) const {
        if (offset > bytes_.size() || count > bytes_.size() - offset) return std::nullopt;
        std::uint32_t value = 0;
        for (unsigned i = 0; i < count; ++i) {
            const unsigned shift = 8 * (big_endian_ ? count - 1 - i : i);
            value |= static_cast<std::uint32_t>(bytes_[offset + i]) << shift;
        }
        return value;
    }
    std::uint32_t u8(std::uint64_t offset) const { return number(offset, 1).value_or(0); }
    std::uint32_t u16(std::uint64_t offset) const { return number(offset, 2).value_or(0); }
    std::uint32_t u32(std::uint64_t offset) const { return number(offset, 4).value_or(0); }

    bool has(std::uint64_t offset, std::string_view text) const {
        return offset <= bytes_.size() && text.size() <= bytes_.size() - offset &&
               std::memcmp(bytes_.data() + offset, text.data(), text.size()) == 0;
    }
    /// Clipped to what there is.
    std::span<const std::byte> part(std::uint64_t offset, std::uint64_t count) const {
        if (offset >= bytes_.size()) return {};
        const std::uint64_t left = bytes_.size() - offset;
        return bytes_.subspan(static_cast<std::size_t>(offset),
                              static_cast<std::size_t>(count < left ? count : left));
    }

  private:
    std::span<const std::byte> bytes_;
    bool big_endian_;
};

}  // namespace pentimento::media
