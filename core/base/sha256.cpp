// SHA-256 as FIPS 180-4 writes it; its constants are computed from their definition.
#include "core/base/sha256.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace pentimento {
namespace {

constexpr std::array<std::uint32_t, 64> primes() {
    std::array<std::uint32_t, 64> found{};
    std::size_t count = 0;
    for (std::uint32_t n = 2; count < found.size(); ++n) {
        bool prime = true;
        for (std::uint32_t d = 2; d * d <= n; ++d) prime = prime && n % d != 0;
        if (prime) found[count++] = n;
    }
    return found;
}

/// The first 32 bits of the fraction of n^(1/power): the largest r with r^power ≤ n·2^(32·power),
/// found bit by bit.
constexpr std::uint32_t root_fraction(std::uint32_t n, int power) {
    std::uint64_t root = 0;
    for (int bit = 36; bit >= 0; --bit) {
        const std::uint64_t next = root | (std::uint64_t{1} << bit);
        // next < 2^37: the square fits 128 bits beside n·2^64, and the cube beside n·2^96.
        const unsigned __int128 square = static_cast<unsigned __int128>(next) * next;
        const bool fits = power == 2 ? square <= (static_cast<unsigned __int128>(n) << 64)
                                     : square * next <= (static_cast<unsigned __int128>(n) << 96);
        if (fits) root = next;
    }
    return static_cast<std::uint32_t>(root);
}

constexpr auto kRound = [] {
    std::array<std::uint32_t, 64> k{};
    for (std::size_t i = 0; i < k.size(); ++i) k[i] = root_fraction(primes()[i], 3);
    return k;
}();
static_assert(kRound[0] == 0x428a2f98 && kRound[63] == 0xc67178f2);

using State = std::array<std::uint32_t, 8>;

void compress(State& state, const std::byte* block) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 16; ++i) {
        std::memcpy(&w[i], block + 4 * i, 4);
        w[i] = __builtin_bswap32(w[i]);
    }
    for (std::size_t i = 16; i < 64; ++i) {
        const std::uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ (a >> 3)) +
               (std::rotr(b, 17) ^ std::rotr(b, 19) ^ (b >> 10));
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t i = 0; i < 64; ++i) {
        const std::uint32_t first = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                                    ((e & f) ^ (~e & g)) + kRound[i] + w[i];
        const std::uint32_t second =
            (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + first;
        d = c;
        c = b;
        b = a;
        a = first + second;
    }
    const State add{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < state.size(); ++i) state[i] += add[i];
}

}  // namespace

Sha256::Sha256() {
    static_assert(std::endian::native == std::endian::little);
    for (std::size_t i = 0; i < state_.size(); ++i) state_[i] = root_fraction(primes()[i], 2);
}

void Sha256::update(std::span<const std::byte> bytes) {
    if (const std::size_t held = size_ % 64; held > 0) {
        const auto head = bytes.first(std::min<std::size_t>(64 - held, bytes.size()));
        std::copy(head.begin(), head.end(), block_.begin() + static_cast<std::ptrdiff_t>(held));
        size_ += head.size();
        bytes = bytes.subspan(head.size());
        if (size_ % 64 > 0) return;
        compress(state_, block_.data());
    }
    size_ += bytes.size();
    for (; bytes.size() >= 64; bytes = bytes.subspan(64)) compress(state_, bytes.data());
    std::copy(bytes.begin(), bytes.end(), block_.begin());
}

std::string Sha256::digest() {
    const std::uint64_t bits = __builtin_bswap64(size_ * 8);
    std::array<std::byte, 72> tail{std::byte{0x80}};
    // Zeros until eight bytes are left in the last block.
    const std::size_t length = 1 + (119 - size_ % 64) % 64;
    std::memcpy(tail.data() + length, &bits, 8);
    update(std::span(tail).first(length + 8));
    std::string text;
    for (const std::uint32_t word : state_)
        for (int shift = 28; shift >= 0; shift -= 4)
            text += "0123456789abcdef"[(word >> shift) & 15];
    return text;
}

std::string sha256(std::span<const std::byte> bytes) {
    Sha256 sum;
    sum.update(bytes);
    return sum.digest();
}

}  // namespace pentimento
