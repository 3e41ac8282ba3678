// How far a run is, for all runs of style transfer. No torch here.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>

namespace pentimento::style {

/// The learning rate's factor at `progress` 0 … 1: from 1 to a twentieth along a cosine.
inline double cosine_decay(double progress) {
    return 0.05 + 0.95 * 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

/// A count from a checkpoint's metadata; −1 when the text is none.
inline std::int64_t parse_count(const std::string& text) {
    std::int64_t count = -1;
    const auto end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    return error == std::errc() && rest == end ? count : -1;
}

}  // namespace pentimento::style
