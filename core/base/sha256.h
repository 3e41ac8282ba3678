// SHA-256 (FIPS 180-4): tells whether a downloaded file is the one that was published.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace pentimento {

/// 64 lower-case hexadecimal digits.
std::string sha256(std::span<const std::byte> bytes);

}  // namespace pentimento
