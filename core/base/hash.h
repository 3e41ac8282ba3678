// Checksums for files and fingerprints for datasets: XXH3 (xxhash), fast and well tested.
// They detect accidents, not attackers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace pentimento {

std::uint64_t hash64(std::span<const std::byte> bytes);
std::uint64_t hash64(std::string_view text);
/// 16 lower-case hexadecimal digits.
std::string to_hex(std::uint64_t value);

/// The same value as hash64 of all pieces joined.
class Hasher {
  public:
    Hasher();
    ~Hasher();
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;
    void update(std::span<const std::byte> bytes);
    std::uint64_t digest() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pentimento
