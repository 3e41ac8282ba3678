// The part of a picture that core/tensor/grouped_plane works on at a time, and its copies. For that
// file only.
#pragma once

#include <algorithm>

#include "core/tensor/grouped_plane.h"

namespace pentimento::tensor::grouped {

constexpr std::int64_t kWidest = 16;          ///< numbers in the widest register
constexpr std::int64_t kSlack = 2 * kWidest;  ///< that loops read and write beyond the end
constexpr std::int64_t kCached = 12'288;      ///< numbers of padded input that stay close by

/// A stretch of rows, so that the input's copy stays in the cache.
struct Band {
    std::int64_t first, rows;
    std::int64_t stride;  ///< of a padded row
    std::int64_t plane;   ///< numbers of a padded plane, with the rows above and below

    std::int64_t places() const { return rows * stride; }
};

inline std::int64_t rows_in_band(const Planes& p) {
    const std::int64_t row = p.channels * (p.width + 2);
    return std::clamp<std::int64_t>(kCached / row - 2, 1, p.height);
}

inline Band band_at(const Planes& p, std::int64_t first) {
    const std::int64_t rows = std::min(rows_in_band(p), p.height - first), stride = p.width + 2;
    return {first, rows, stride, (rows + 2) * stride + kSlack};
}

template <int kLanes>
PENTIMENTO_INLINE void copy_register(const float* from, float* to) {
    using Numbers = typename Lanes<kLanes>::Numbers;
    *reinterpret_cast<Numbers*>(to) = *reinterpret_cast<const Numbers*>(from);
}

/// A few numbers: calls of memcpy would take longer than what they copy.
template <int kLanes>
PENTIMENTO_INLINE void copy_row(const float* from, std::int64_t count, float* to) {
    if (count < kLanes) {
        if constexpr (kLanes > 1) copy_row<kLanes / 2>(from, count, to);
        return;
    }
    const std::int64_t last = count - kLanes;
    for (std::int64_t at = 0; at < last; at += kLanes) copy_register<kLanes>(from + at, to + at);
    copy_register<kLanes>(from + last, to + last);
}

/// The input around a band: zeros where the picture has ended.
template <int kLanes>
PENTIMENTO_INLINE void copy_padded(const Planes& p, const Band& band, const float* x, float* to) {
    for (std::int64_t c = 0; c < p.channels; ++c, x += p.height * p.width) {
        float* row = to + c * band.plane;
        for (std::int64_t i = 0; i < band.rows + 2; ++i, row += band.stride) {
            const std::int64_t from = band.first + i - 1;
            if (from < 0 || from >= p.height) {
                std::fill(row, row + band.stride, 0.0f);
                continue;
            }
            row[0] = 0;
            copy_row<kLanes>(x + from * p.width, p.width, row + 1);
            row[p.width + 1] = 0;
        }
        std::fill(row, row + kSlack, 0.0f);
    }
}

/// The gradient of the output in the band, in rows like the input's: two zeros end each.
template <int kLanes>
PENTIMENTO_INLINE void copy_gradient(const Planes& p, const Band& band, const float* y, float* to) {
    for (std::int64_t c = 0; c < p.channels; ++c) {
        float* row = to + c * (band.places() + kSlack);
        const float* from = y + (c * p.height + band.first) * p.width;
        for (std::int64_t i = 0; i < band.rows; ++i, row += band.stride, from += p.width) {
            copy_row<kLanes>(from, p.width, row);
            row[p.width] = row[p.width + 1] = 0;
        }
        std::fill(row, row + kSlack, 0.0f);
    }
}

}  // namespace pentimento::tensor::grouped
