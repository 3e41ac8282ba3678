// Random numbers that depend only on (seed, stream, index), never on what was drawn before.
// A resumed run draws the same numbers as an uninterrupted one without any saved state.
#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace pentimento {

/// SplitMix64's finaliser (Steele, Lea, Flood 2014): a bijection with full avalanche.
constexpr std::uint64_t mix64(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// A seed of its own for each purpose (`stream`) and each occasion (`index`).
constexpr std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
    return mix64(mix64(mix64(seed) ^ stream) ^ index);
}

/// A small generator for shuffles and flips; satisfies UniformRandomBitGenerator.
class SplitMix64 {
  public:
    using result_type = std::uint64_t;
    explicit constexpr SplitMix64(std::uint64_t seed) : state_(seed) {}
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return ~0ULL; }
    constexpr result_type operator()() { return mix64(state_++); }

    /// Uniform in [0, bound), by multiply-shift; the bias is below bound/2^64.
    constexpr std::uint64_t below(std::uint64_t bound) {
        return static_cast<std::uint64_t>((static_cast<unsigned __int128>((*this)()) * bound) >>
                                          64);
    }
    /// Uniform in [0, 1).
    constexpr double uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

  private:
    std::uint64_t state_;
};

/// Fisher–Yates; identical on every platform, unlike std::shuffle.
inline std::vector<std::uint32_t> random_permutation(std::uint32_t count, std::uint64_t seed) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0u);
    SplitMix64 random(seed);
    for (std::uint32_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    return order;
}

}  // namespace pentimento
