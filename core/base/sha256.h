// SHA-256 (FIPS 180-4): tells whether a downloaded file is the one that was published.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace pentimento {

/// 64 lower-case hexadecimal digits.
std::string sha256(std::span<const std::byte> bytes);

/// The same value as sha256 of all pieces joined, for what takes long or comes bit by bit.
class Sha256 {
  public:
    Sha256();
    void update(std::span<const std::byte> bytes);
    /// Ends it: nothing may follow.
    std::string digest();

  private:
    std::array<std::uint32_t, 8> state_;
    std::array<std::byte, 64> block_{};  ///< what does not fill a block yet
    std::uint64_t size_ = 0;             ///< bytes so far
};

}  // namespace pentimento
