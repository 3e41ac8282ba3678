// Planes are copied into rows with a zero on either side, one after the other. Then a tap of the
// filter is a shift by a constant, also from row to row, and loops run over whole planes without
// looking at edges: they compute two columns too many for each row, which are thrown away.
#include "core/tensor/grouped_plane.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace pentimento::tensor::grouped {
namespace {

constexpr int kTaps = 9;
constexpr std::int64_t kWidest = 16;          ///< numbers in the widest register
constexpr std::int64_t kSlack = 2 * kWidest;  ///< that loops read and write beyond the end
constexpr std::int64_t kCached = 12'288;      ///< numbers of padded input that stay close by
constexpr int kAtOnce = 8;                    ///< output channels summed up at the same time

// The loops below are compiled for several processors; so they are part of what calls them.
#define PENTIMENTO_INLINE [[gnu::always_inline]] inline

template <int kLanes>
struct Lanes {
    // Read and written at any address.
    typedef float Numbers __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));
};

/// A stretch of rows, so that the input's copy stays in the cache.
struct Band {
    std::int64_t first, rows;
    std::int64_t stride;  ///< of a padded row
    std::int64_t plane;   ///< numbers of a padded plane, with the rows above and below

    std::int64_t places() const { return rows * stride; }
};

std::int64_t rows_in_band(const Planes& p) {
    const std::int64_t row = p.channels * (p.width + 2);
    return std::clamp<std::int64_t>(kCached / row - 2, 1, p.height);
}

Band band_at(const Planes& p, std::int64_t first) {
    const std::int64_t rows = std::min(rows_in_band(p), p.height - first), stride = p.width + 2;
    return {first, rows, stride, (rows + 2) * stride + kSlack};
}

/// The input around a band: zeros where the picture has ended.
void copy_padded(const Planes& p, const Band& band, const float* x, float* to) {
    for (std::int64_t c = 0; c < p.channels; ++c, x += p.height * p.width) {
        float* row = to + c * band.plane;
        for (std::int64_t i = 0; i < band.rows + 2; ++i, row += band.stride) {
            const std::int64_t from = band.first + i - 1;
            if (from < 0 || from >= p.height) {
                std::fill(row, row + band.stride, 0.0f);
                continue;
            }
            row[0] = 0;
            std::memcpy(row + 1, x + from * p.width, sizeof(float) * p.width);
            row[p.width + 1] = 0;
        }
        std::fill(row, row + kSlack, 0.0f);
    }
}

/// kOut output channels at kRegisters·kLanes places: padded + place is the upper left tap's.
template <int kLanes, int kOut, int kRegisters>
PENTIMENTO_INLINE void sum_up(std::int64_t channels, std::int64_t stride, std::int64_t plane,
                              const float* padded, const float* packed, const float* bias,
                              float* out, std::int64_t out_plane) {
    using Numbers = typename Lanes<kLanes>::Numbers;
    Numbers sums[kOut][kRegisters];
    for (int o = 0; o < kOut; ++o)
        for (int r = 0; r < kRegisters; ++r) sums[o][r] = Numbers{} + (bias ? bias[o] : 0.0f);
    for (std::int64_t c = 0; c < channels; ++c, padded += plane)
        for (int dy = 0; dy < 3; ++dy)
            for (int dx = 0; dx < 3; ++dx, packed += channels) {
                const float* at = padded + dy * stride + dx;
                Numbers in[kRegisters];
                for (int r = 0; r < kRegisters; ++r)
                    in[r] = *reinterpret_cast<const Numbers*>(at + r * kLanes);
                for (int o = 0; o < kOut; ++o)
                    for (int r = 0; r < kRegisters; ++r) sums[o][r] += in[r] * packed[o];
            }
    for (int o = 0; o < kOut; ++o)
        for (int r = 0; r < kRegisters; ++r)
            *reinterpret_cast<Numbers*>(out + o * out_plane + r * kLanes) = sums[o][r];
}

template <int kLanes, int kOut>
PENTIMENTO_INLINE void convolve_bands(const Planes& p, const float* x, const float* packed,
                                      const float* bias, float* y, float* scratch) {
    constexpr int kRegisters = 2;
    for (std::int64_t first = 0; first < p.height;) {
        const Band band = band_at(p, first);
        copy_padded(p, band, x, scratch);
        float* const out = scratch + p.channels * band.plane;
        const std::int64_t out_plane = band.places() + kSlack;
        for (std::int64_t o = 0; o < p.channels; o += kOut) {
            for (std::int64_t at = 0; at < band.places(); at += kRegisters * kLanes)
                sum_up<kLanes, kOut, kRegisters>(p.channels, band.stride, band.plane, scratch + at,
                                                 packed + o, bias ? bias + o : nullptr, out + at,
                                                 out_plane);
            for (int k = 0; k < kOut; ++k)
                for (std::int64_t row = 0; row < band.rows; ++row)
                    std::memcpy(y + ((o + k) * p.height + first + row) * p.width,
                                out + k * out_plane + row * band.stride, sizeof(float) * p.width);
        }
        first += band.rows;
    }
}

/// The gradient of the output in the band, in rows like the input's: two zeros end each.
void copy_gradient(const Planes& p, const Band& band, const float* y, float* to) {
    for (std::int64_t c = 0; c < p.channels; ++c) {
        float* row = to + c * (band.places() + kSlack);
        const float* from = y + (c * p.height + band.first) * p.width;
        for (std::int64_t i = 0; i < band.rows; ++i, row += band.stride, from += p.width) {
            std::memcpy(row, from, sizeof(float) * p.width);
            row[p.width] = row[p.width + 1] = 0;
        }
        std::fill(row, row + kSlack, 0.0f);
    }
}

/// For one input channel, one row of taps and kOut output channels: 3·kOut sums over a band.
template <int kLanes, int kOut>
PENTIMENTO_INLINE void correlate(std::int64_t places, const float* x, const float* y,
                                 std::int64_t y_plane, float* sums) {
    using Numbers = typename Lanes<kLanes>::Numbers;
    Numbers sum[kOut][3];
    for (int o = 0; o < kOut; ++o)
        for (int dx = 0; dx < 3; ++dx)
            sum[o][dx] = *reinterpret_cast<const Numbers*>(sums + (3 * o + dx) * kLanes);
    for (std::int64_t at = 0; at < places; at += kLanes) {
        Numbers in[3];
        for (int dx = 0; dx < 3; ++dx) in[dx] = *reinterpret_cast<const Numbers*>(x + at + dx);
        for (int o = 0; o < kOut; ++o) {
            const Numbers out = *reinterpret_cast<const Numbers*>(y + o * y_plane + at);
            for (int dx = 0; dx < 3; ++dx) sum[o][dx] += in[dx] * out;
        }
    }
    for (int o = 0; o < kOut; ++o)
        for (int dx = 0; dx < 3; ++dx)
            *reinterpret_cast<Numbers*>(sums + (3 * o + dx) * kLanes) = sum[o][dx];
}

/// `sums` by output channels in steps of kOut, input channel, row of taps, output channel, column
/// of taps.
template <int kLanes, int kOut>
PENTIMENTO_INLINE void correlate_bands(const Planes& p, const float* x, const float* y, float* sums,
                                       float* scratch) {
    for (std::int64_t first = 0; first < p.height;) {
        const Band band = band_at(p, first);
        copy_padded(p, band, x, scratch);
        float* const gradient = scratch + p.channels * band.plane;
        const std::int64_t y_plane = band.places() + kSlack;
        copy_gradient(p, band, y, gradient);
        float* to = sums;
        for (std::int64_t o = 0; o < p.channels; o += kOut)
            for (std::int64_t c = 0; c < p.channels; ++c)
                for (int dy = 0; dy < 3; ++dy, to += 3 * kOut * kLanes)
                    correlate<kLanes, kOut>(band.places(),
                                            scratch + c * band.plane + dy * band.stride,
                                            gradient + o * y_plane, y_plane, to);
        first += band.rows;
    }
}

/// Output channels of `correlate`, by what there are registers for: sums, inputs and one of the
/// other factor.
int correlated_at_once(std::int64_t channels, Width width) {
    return width == Width::Avx512 && channels >= kAtOnce ? kAtOnce : kAtOnce / 2;
}
int lanes(Width width) {
    return width == Width::Avx512 ? 16 : width == Width::Avx2 ? 8 : 4;
}

#if defined(__x86_64__)
#define PENTIMENTO_AVX512 [[gnu::target("avx512f")]]
#define PENTIMENTO_AVX2 [[gnu::target("avx2,fma")]]
#else
#define PENTIMENTO_AVX512
#define PENTIMENTO_AVX2
#endif

PENTIMENTO_AVX512 void convolve_avx512(const Planes& p, const float* x, const float* packed,
                                       const float* bias, float* y, float* scratch) {
    p.channels < kAtOnce ? convolve_bands<16, 4>(p, x, packed, bias, y, scratch)
                         : convolve_bands<16, kAtOnce>(p, x, packed, bias, y, scratch);
}
PENTIMENTO_AVX2 void convolve_avx2(const Planes& p, const float* x, const float* packed,
                                   const float* bias, float* y, float* scratch) {
    convolve_bands<8, 4>(p, x, packed, bias, y, scratch);
}
PENTIMENTO_AVX512 void correlate_avx512(const Planes& p, const float* x, const float* y,
                                        float* sums, float* scratch) {
    correlated_at_once(p.channels, Width::Avx512) < kAtOnce
        ? correlate_bands<16, kAtOnce / 2>(p, x, y, sums, scratch)
        : correlate_bands<16, kAtOnce>(p, x, y, sums, scratch);
}
PENTIMENTO_AVX2 void correlate_avx2(const Planes& p, const float* x, const float* y, float* sums,
                                    float* scratch) {
    correlate_bands<8, kAtOnce / 2>(p, x, y, sums, scratch);
}

}  // namespace

Width widest() {
#if defined(__x86_64__)
    static const Width found = __builtin_cpu_supports("avx512f") ? Width::Avx512
                               : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
                                   ? Width::Avx2
                                   : Width::Any;
    return found;
#else
    return Width::Any;
#endif
}

std::int64_t scratch_size(const Planes& p) {
    const Band band = band_at(p, 0);
    return p.channels * (band.plane + band.places() + kSlack);
}

std::int64_t sums_size(std::int64_t channels, Width width) {
    return channels * channels * kTaps * lanes(width);
}

void pack(const float* w, std::int64_t channels, bool turned, float* packed) {
    for (std::int64_t in = 0; in < channels; ++in)
        for (std::int64_t tap = 0; tap < kTaps; ++tap)
            for (std::int64_t out = 0; out < channels; ++out)
                *packed++ = turned ? w[(in * channels + out) * kTaps + kTaps - 1 - tap]
                                   : w[(out * channels + in) * kTaps + tap];
}

void convolve(const Planes& p, const float* x, const float* packed, const float* bias, float* y,
              float* scratch, Width width) {
    switch (width) {
        case Width::Avx512:
            return convolve_avx512(p, x, packed, bias, y, scratch);
        case Width::Avx2:
            return convolve_avx2(p, x, packed, bias, y, scratch);
        case Width::Any:
            return convolve_bands<4, 4>(p, x, packed, bias, y, scratch);
    }
}

void weight_gradient(const Planes& p, const float* x, const float* y, float* sums, float* scratch,
                     Width width) {
    switch (width) {
        case Width::Avx512:
            return correlate_avx512(p, x, y, sums, scratch);
        case Width::Avx2:
            return correlate_avx2(p, x, y, sums, scratch);
        case Width::Any:
            return correlate_bands<4, kAtOnce / 2>(p, x, y, sums, scratch);
    }
}

void finish_weight_gradient(std::int64_t channels, const float* sums, float* w, Width width) {
    const int at_once = correlated_at_once(channels, width), count = lanes(width);
    for (std::int64_t o = 0; o < channels; o += at_once)
        for (std::int64_t c = 0; c < channels; ++c)
            for (int dy = 0; dy < 3; ++dy)
                for (std::int64_t k = 0; k < at_once; ++k)
                    for (int dx = 0; dx < 3; ++dx, sums += count)
                        w[((o + k) * channels + c) * kTaps + 3 * dy + dx] =
                            std::accumulate(sums, sums + count, 0.0f);
}

}  // namespace pentimento::tensor::grouped
