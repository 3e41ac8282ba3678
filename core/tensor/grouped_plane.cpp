// Planes are copied into rows with a zero on either side, one after the other. Then a tap of the
// filter is a shift by a constant, also from row to row. Where rows are whole registers, loops run
// over these; else over whole planes without looking at edges: they compute two columns too many
// for each row, which are thrown away.
#include "core/tensor/grouped_plane.h"

#include <numeric>

#include "core/tensor/grouped_band.h"

namespace pentimento::tensor::grouped {
namespace {

constexpr int kTaps = 9;
constexpr int kAtOnce = 8;  ///< output channels summed up at the same time

template <int kLanes>
bool fills_registers(const Planes& p) {
    return p.width % kLanes == 0;
}

/// A band of such rows, a register at a time.
template <int kLanes>
struct Tiles {
    Tiles(const Planes& p, const Band& band)
        : across(p.width / kLanes), count(band.rows * across), stride(band.stride) {}
    /// In a padded plane.
    PENTIMENTO_INLINE std::int64_t at(std::int64_t tile) const {
        return tile / across * stride + tile % across * kLanes;
    }
    std::int64_t across, count, stride;
};

/// kOut output channels at kRegisters·kLanes places: padded + place is the upper left tap's, and
/// the second register's is `next` after it.
template <int kLanes, int kOut, int kRegisters>
PENTIMENTO_INLINE void sum_up(std::int64_t channels, std::int64_t stride, std::int64_t plane,
                              const float* padded, std::int64_t next, const float* packed,
                              const Finish& finish, float* out, std::int64_t out_plane) {
    using Numbers = typename Lanes<kLanes>::Numbers;
    Numbers sums[kOut][kRegisters];
    for (int o = 0; o < kOut; ++o)
        for (int r = 0; r < kRegisters; ++r)
            sums[o][r] = Numbers{} + (finish.bias ? finish.bias[o] : 0.0f);
    for (std::int64_t c = 0; c < channels; ++c, padded += plane)
        for (int dy = 0; dy < 3; ++dy)
            for (int dx = 0; dx < 3; ++dx, packed += channels) {
                const float* at = padded + dy * stride + dx;
                Numbers in[kRegisters];
                for (int r = 0; r < kRegisters; ++r)
                    in[r] = *reinterpret_cast<const Numbers*>(at + r * next);
                for (int o = 0; o < kOut; ++o)
                    for (int r = 0; r < kRegisters; ++r) sums[o][r] += in[r] * packed[o];
            }
    for (int o = 0; o < kOut; ++o)
        for (int r = 0; r < kRegisters; ++r) {
            if (finish.activation) activate<kLanes>(*finish.activation, sums[o][r]);
            *reinterpret_cast<Numbers*>(out + o * out_plane + r * kLanes) = sums[o][r];
        }
}

/// Where rows are whole registers: straight from one to the next, without the columns between rows.
template <int kLanes, int kOut>
PENTIMENTO_INLINE void convolve_tiles(const Planes& p, const Band& band, const float* padded,
                                      const float* packed, const Finish& finish, float* y) {
    const Tiles<kLanes> tiles(p, band);
    std::int64_t tile = 0;
    for (; tile + 2 <= tiles.count; tile += 2)
        sum_up<kLanes, kOut, 2>(p.channels, band.stride, band.plane, padded + tiles.at(tile),
                                tiles.at(tile + 1) - tiles.at(tile), packed, finish,
                                y + tile * kLanes, p.height * p.width);
    if (tile < tiles.count)
        sum_up<kLanes, kOut, 1>(p.channels, band.stride, band.plane, padded + tiles.at(tile), 0,
                                packed, finish, y + tile * kLanes, p.height * p.width);
}

/// Over all places, `out` being in padded rows too.
template <int kLanes, int kOut>
PENTIMENTO_INLINE void convolve_places(const Planes& p, const Band& band, const float* padded,
                                       const float* packed, const Finish& finish, float* y,
                                       float* out) {
    constexpr int kRegisters = 2;
    const std::int64_t out_plane = band.places() + kSlack;
    for (std::int64_t at = 0; at < band.places(); at += kRegisters * kLanes)
        sum_up<kLanes, kOut, kRegisters>(p.channels, band.stride, band.plane, padded + at, kLanes,
                                         packed, finish, out + at, out_plane);
    for (int k = 0; k < kOut; ++k)
        for (std::int64_t row = 0; row < band.rows; ++row)
            copy_row<kLanes>(out + k * out_plane + row * band.stride, p.width,
                             y + (k * p.height + row) * p.width);
}

template <int kLanes, int kOut>
PENTIMENTO_INLINE void convolve_bands(const Planes& p, const float* x, const float* packed,
                                      const Finish& finish, float* y, float* scratch) {
    for (std::int64_t first = 0; first < p.height;) {
        const Band band = band_at(p, first);
        copy_padded<kLanes>(p, band, x, scratch);
        for (std::int64_t o = 0; o < p.channels; o += kOut) {
            float* const to = y + (o * p.height + first) * p.width;
            const Finish here = finish.from(o);
            fills_registers<kLanes>(p)
                ? convolve_tiles<kLanes, kOut>(p, band, scratch, packed + o, here, to)
                : convolve_places<kLanes, kOut>(p, band, scratch, packed + o, here, to,
                                                scratch + p.channels * band.plane);
        }
        first += band.rows;
    }
}

/// Places that are summed over, row by row or all in one; of x and of y.
struct Extent {
    std::int64_t rows, width, x_stride, y_stride;
};

/// For one input channel, one row of taps and kOut output channels: 3·kOut sums.
template <int kLanes, int kOut>
PENTIMENTO_INLINE void correlate(const Extent& extent, const float* x, const float* y,
                                 std::int64_t y_plane, float* sums) {
    using Numbers = typename Lanes<kLanes>::Numbers;
    Numbers sum[kOut][3];
    for (int o = 0; o < kOut; ++o)
        for (int dx = 0; dx < 3; ++dx)
            sum[o][dx] = *reinterpret_cast<const Numbers*>(sums + (3 * o + dx) * kLanes);
    for (std::int64_t row = 0; row < extent.rows; ++row, x += extent.x_stride, y += extent.y_stride)
        for (std::int64_t at = 0; at < extent.width; at += kLanes) {
            Numbers in[3];
            for (int dx = 0; dx < 3; ++dx) in[dx] = *reinterpret_cast<const Numbers*>(x + at + dx);
            for (int o = 0; o < kOut; ++o) {
                Numbers out = *reinterpret_cast<const Numbers*>(y + o * y_plane + at);
                PENTIMENTO_IN_REGISTER(out);
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
    const bool whole = fills_registers<kLanes>(p);
    for (std::int64_t first = 0; first < p.height;) {
        const Band band = band_at(p, first);
        copy_padded<kLanes>(p, band, x, scratch);
        const Extent extent = whole ? Extent{band.rows, p.width, band.stride, p.width}
                                    : Extent{1, band.places(), 0, 0};
        const float* gradient = y + first * p.width;
        std::int64_t y_plane = p.height * p.width;
        if (!whole) {
            float* const copy = scratch + p.channels * band.plane;
            copy_gradient<kLanes>(p, band, y, copy);
            gradient = copy;
            y_plane = band.places() + kSlack;
        }
        float* to = sums;
        for (std::int64_t o = 0; o < p.channels; o += kOut)
            for (std::int64_t c = 0; c < p.channels; ++c)
                for (int dy = 0; dy < 3; ++dy, to += 3 * kOut * kLanes)
                    correlate<kLanes, kOut>(extent, scratch + c * band.plane + dy * band.stride,
                                            gradient + o * y_plane, y_plane, to);
        first += band.rows;
    }
}

/// Output channels of `correlate`, by what there are registers for: sums, inputs and one of the
/// other factor.
int correlated_at_once(std::int64_t channels, Width width) {
    return width == Width::Avx512 && channels >= kAtOnce ? kAtOnce : kAtOnce / 2;
}

PENTIMENTO_AVX512 void convolve_avx512(const Planes& p, const float* x, const float* packed,
                                       const Finish& finish, float* y, float* scratch) {
    p.channels < kAtOnce ? convolve_bands<16, 4>(p, x, packed, finish, y, scratch)
                         : convolve_bands<16, kAtOnce>(p, x, packed, finish, y, scratch);
}
PENTIMENTO_AVX2 void convolve_avx2(const Planes& p, const float* x, const float* packed,
                                   const Finish& finish, float* y, float* scratch) {
    convolve_bands<8, 4>(p, x, packed, finish, y, scratch);
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

void convolve(const Planes& p, const float* x, const float* packed, const Finish& finish, float* y,
              float* scratch, Width width) {
    switch (width) {
        case Width::Avx512:
            return convolve_avx512(p, x, packed, finish, y, scratch);
        case Width::Avx2:
            return convolve_avx2(p, x, packed, finish, y, scratch);
        case Width::Any:
            return convolve_bands<4, 4>(p, x, packed, finish, y, scratch);
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
