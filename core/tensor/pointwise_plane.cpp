#include "core/tensor/pointwise_plane.h"

#include <algorithm>
#include <utility>

namespace pentimento::tensor::pointwise {
namespace {

constexpr int kRegisters = 2;          ///< side by side in a panel
constexpr std::int64_t kChunk = 1024;  ///< pixels of a gradient's factors that stay close by

/// Rows whose sums are in registers at the same time.
constexpr int rows_at_once(int lanes) {
    return lanes == 16 ? 8 : lanes == 8 ? 6 : 4;
}

constexpr std::int64_t divided(std::int64_t count, std::int64_t by) {
    return (count + by - 1) / by;
}

/// kRows rows at kCount·kLanes pixels.
template <int kLanes, int kRows, int kCount>
PENTIMENTO_INLINE void sum_up(std::int64_t in, std::int64_t pixels, const float* x,
                              const float* packed, const Finish& finish, float* y) {
    using Numbers = typename Lanes<kLanes>::Numbers;
    Numbers sums[kRows][kCount];
    for (int o = 0; o < kRows; ++o)
        for (int r = 0; r < kCount; ++r)
            sums[o][r] = Numbers{} + (finish.bias ? finish.bias[o] : 0.0f);
    for (std::int64_t c = 0; c < in; ++c, x += pixels, packed += kRows) {
        Numbers factors[kCount];
        for (int r = 0; r < kCount; ++r)
            factors[r] = *reinterpret_cast<const Numbers*>(x + r * kLanes);
        for (int o = 0; o < kRows; ++o)
            for (int r = 0; r < kCount; ++r) sums[o][r] += factors[r] * packed[o];
    }
    for (int o = 0; o < kRows; ++o)
        for (int r = 0; r < kCount; ++r) {
            if (finish.activation) activate<kLanes>(*finish.activation, sums[o][r]);
            *reinterpret_cast<Numbers*>(y + o * pixels + r * kLanes) = sums[o][r];
        }
}

/// The last rows, fewer than what is done at once.
template <int kLanes, int kRows, int kCount>
PENTIMENTO_INLINE void sum_up_rest(std::int64_t rows, std::int64_t in, std::int64_t pixels,
                                   const float* x, const float* packed, const Finish& finish,
                                   float* y) {
    if constexpr (kRows > 0) {
        if (rows == kRows) return sum_up<kLanes, kRows, kCount>(in, pixels, x, packed, finish, y);
        sum_up_rest<kLanes, kRows - 1, kCount>(rows, in, pixels, x, packed, finish, y);
    }
}

template <int kLanes, int kCount>
PENTIMENTO_INLINE void multiply_panel(const Shape& s, const float* x, const float* packed,
                                      const Finish& finish, float* y) {
    constexpr int kRows = rows_at_once(kLanes);
    std::int64_t row = 0;
    for (; row + kRows <= s.out; row += kRows)
        sum_up<kLanes, kRows, kCount>(s.in, s.pixels, x, packed + row * s.in, finish.from(row),
                                      y + row * s.pixels);
    sum_up_rest<kLanes, kRows - 1, kCount>(s.out - row, s.in, s.pixels, x, packed + row * s.in,
                                           finish.from(row), y + row * s.pixels);
}

template <int kLanes>
PENTIMENTO_INLINE void multiply_panels(const Shape& s, const float* x, const float* packed,
                                       const Finish& finish, std::int64_t first, std::int64_t last,
                                       float* y) {
    constexpr std::int64_t kPanel = kRegisters * kLanes;
    const std::int64_t each = divided(s.pixels, kPanel);
    for (std::int64_t panel = first; panel < last; ++panel) {
        const std::int64_t picture = panel / each, at = panel % each * kPanel;
        const float* const from = x + picture * s.in * s.pixels + at;
        float* const to = y + picture * s.out * s.pixels + at;
        at + kPanel <= s.pixels ? multiply_panel<kLanes, kRegisters>(s, from, packed, finish, to)
                                : multiply_panel<kLanes, 1>(s, from, packed, finish, to);
    }
}

// A block of the weights' gradient has as many numbers as a register.
constexpr int block_rows(int lanes) {
    return lanes == 4 ? 2 : 4;
}
constexpr int block_columns(int lanes) {
    return lanes / block_rows(lanes);
}

/// Sums of neighbours, stretches of kStep numbers: those in a and those in b in turn.
template <int kLanes, int kStep, std::size_t... kLane>
PENTIMENTO_INLINE void add_neighbours(const typename Lanes<kLanes>::Numbers& a,
                                      const typename Lanes<kLanes>::Numbers& b,
                                      typename Lanes<kLanes>::Numbers& to,
                                      std::index_sequence<kLane...>) {
    to = __builtin_shufflevector(a, b, ((kLane & kStep ? kLanes : 0) + (kLane & ~kStep))...) +
         __builtin_shufflevector(a, b, ((kLane & kStep ? kLanes : 0) + (kLane | kStep))...);
}

/// registers[0]: of each of the kLanes registers the sum of its numbers. The others are lost.
template <int kLanes, int kStep = 1>
PENTIMENTO_INLINE void sum_up_each(typename Lanes<kLanes>::Numbers* registers) {
    if constexpr (kStep < kLanes) {
        for (int i = 0; i < kLanes / kStep; i += 2)
            add_neighbours<kLanes, kStep>(registers[i], registers[i + 1], registers[i / 2],
                                          std::make_index_sequence<kLanes>());
        sum_up_each<kLanes, 2 * kStep>(registers);
    }
}

/// What a block is the product of: where its rows of y and x begin in the first picture of a chunk.
template <int kLanes>
struct Factors {
    const float* y[block_rows(kLanes)];
    const float* x[block_columns(kLanes)];
};

/// Pictures and their pixels that are worked off together.
struct Chunk {
    std::int64_t pictures, pixels;
};

template <int kLanes>
PENTIMENTO_INLINE void sum_up_block(const Shape& s, const Chunk& chunk, const Factors<kLanes>& f,
                                    float* result) {
    constexpr int kRows = block_rows(kLanes), kColumns = block_columns(kLanes);
    using Numbers = typename Lanes<kLanes>::Numbers;
    Numbers sums[kLanes];
    for (int i = 0; i < kLanes; ++i) sums[i] = Numbers{};
    for (std::int64_t picture = 0; picture < chunk.pictures; ++picture) {
        const std::int64_t y = picture * s.out * s.pixels, x = picture * s.in * s.pixels;
        for (std::int64_t at = 0; at < chunk.pixels; at += kLanes) {
            Numbers in[kColumns];
            for (int c = 0; c < kColumns; ++c)
                in[c] = *reinterpret_cast<const Numbers*>(f.x[c] + x + at);
            for (int o = 0; o < kRows; ++o) {
                Numbers out = *reinterpret_cast<const Numbers*>(f.y[o] + y + at);
                PENTIMENTO_IN_REGISTER(out);
                for (int c = 0; c < kColumns; ++c) sums[o * kColumns + c] += out * in[c];
            }
        }
    }
    sum_up_each<kLanes>(sums);
    *reinterpret_cast<Numbers*>(result) = sums[0];
}

/// Beyond the last row or column the last one is taken again, and nobody looks at the sums.
template <int kLanes>
PENTIMENTO_INLINE void add_block(const Shape& s, const Chunk& chunk, const float* x, const float* y,
                                 std::int64_t row, std::int64_t column, float* w) {
    constexpr int kRows = block_rows(kLanes), kColumns = block_columns(kLanes);
    Factors<kLanes> f;
    for (int o = 0; o < kRows; ++o) f.y[o] = y + std::min(row + o, s.out - 1) * s.pixels;
    for (int c = 0; c < kColumns; ++c) f.x[c] = x + std::min(column + c, s.in - 1) * s.pixels;
    float sums[kLanes];
    sum_up_block<kLanes>(s, chunk, f, sums);
    for (int o = 0; o < std::min<std::int64_t>(kRows, s.out - row); ++o)
        for (int c = 0; c < std::min<std::int64_t>(kColumns, s.in - column); ++c)
            w[(row + o) * s.in + column + c] += sums[o * kColumns + c];
}

template <int kLanes>
PENTIMENTO_INLINE void add_blocks(const Shape& s, const float* x, const float* y,
                                  std::int64_t first, std::int64_t last, float* w) {
    constexpr int kRows = block_rows(kLanes), kColumns = block_columns(kLanes);
    const std::int64_t across = divided(s.in, kColumns);
    const std::int64_t together = std::max<std::int64_t>(1, kChunk / s.pixels);
    for (std::int64_t picture = 0; picture < s.pictures; picture += together)
        for (std::int64_t at = 0; at < s.pixels; at += kChunk) {
            const Chunk chunk{std::min(together, s.pictures - picture),
                              std::min(kChunk, s.pixels - at)};
            for (std::int64_t block = first; block < last; ++block)
                add_block<kLanes>(s, chunk, x + picture * s.in * s.pixels + at,
                                  y + picture * s.out * s.pixels + at, block / across * kRows,
                                  block % across * kColumns, w);
        }
}

PENTIMENTO_AVX512 void multiply_avx512(const Shape& s, const float* x, const float* packed,
                                       const Finish& finish, std::int64_t first, std::int64_t last,
                                       float* y) {
    multiply_panels<16>(s, x, packed, finish, first, last, y);
}
PENTIMENTO_AVX2 void multiply_avx2(const Shape& s, const float* x, const float* packed,
                                   const Finish& finish, std::int64_t first, std::int64_t last,
                                   float* y) {
    multiply_panels<8>(s, x, packed, finish, first, last, y);
}
PENTIMENTO_AVX512 void add_avx512(const Shape& s, const float* x, const float* y,
                                  std::int64_t first, std::int64_t last, float* w) {
    add_blocks<16>(s, x, y, first, last, w);
}
PENTIMENTO_AVX2 void add_avx2(const Shape& s, const float* x, const float* y, std::int64_t first,
                              std::int64_t last, float* w) {
    add_blocks<8>(s, x, y, first, last, w);
}

}  // namespace

void pack(const float* a, std::int64_t out, std::int64_t in, bool transposed, float* packed,
          Width width) {
    const std::int64_t rows = rows_at_once(lanes(width));
    for (std::int64_t row = 0; row < out; row += rows)
        for (std::int64_t c = 0; c < in; ++c)
            for (std::int64_t o = row; o < std::min(row + rows, out); ++o)
                *packed++ = transposed ? a[c * out + o] : a[o * in + c];
}

std::int64_t panels(const Shape& s, Width width) {
    return s.pictures * divided(s.pixels, kRegisters * lanes(width));
}

void multiply(const Shape& s, const float* x, const float* packed, const Finish& finish,
              std::int64_t first, std::int64_t last, float* y, Width width) {
    switch (width) {
        case Width::Avx512:
            return multiply_avx512(s, x, packed, finish, first, last, y);
        case Width::Avx2:
            return multiply_avx2(s, x, packed, finish, first, last, y);
        case Width::Any:
            return multiply_panels<4>(s, x, packed, finish, first, last, y);
    }
}

std::int64_t blocks(const Shape& s, Width width) {
    return divided(s.out, block_rows(lanes(width))) * divided(s.in, block_columns(lanes(width)));
}

void weight_gradient(const Shape& s, const float* x, const float* y, std::int64_t first,
                     std::int64_t last, float* w, Width width) {
    switch (width) {
        case Width::Avx512:
            return add_avx512(s, x, y, first, last, w);
        case Width::Avx2:
            return add_avx2(s, x, y, first, last, w);
        case Width::Any:
            return add_blocks<4>(s, x, y, first, last, w);
    }
}

}  // namespace pentimento::tensor::pointwise
