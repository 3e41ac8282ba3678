// How things move from one frame to the next. No OpenCV type appears here.
#pragma once

#include <vector>

#include "core/base/frame.h"
#include "core/base/result.h"

namespace pentimento {

/// For every pixel of one frame, how far away in another frame it is found: (dx, dy), row by row.
struct Flow {
    int width = 0;
    int height = 0;
    std::vector<float> offsets;  ///< 2·width·height
};

/// Dense inverse search (Kroeger and others 2016, arXiv:1603.03590). Both frames of one size, at
/// least 16 px a side.
Result<Flow> optical_flow(const Frame& from, const Frame& to);

/// The frame whose pixel x is `picture`'s at x + flow(x): `picture` as it looks at the time of the
/// frame that the flow starts from. Between pixels it is interpolated, beyond the edge repeated.
Result<Frame> warp(const Frame& picture, const Flow& flow);

/// Where `backward` (new → old) can be trusted, 1, else 0: its end lies in the picture, and going
/// back along `forward` (old → new) leads to where it began, so that what was hidden in the old
/// frame is left out; and the edges of things that move are left out, too (Sundaram, Brox, Keutzer
/// 2010, equations 5 and 6, as used by Ruder and others 2016, arXiv:1604.08610).
std::vector<float> trusted(const Flow& backward, const Flow& forward);

/// How much of each place of `width` has come into view with nothing of the old frame to go by,
/// 0 … 1: where the neighbourhood within `radius` px is mostly not trusted, with soft edges. Thin
/// lines along things that move, a few pixels wide, are none.
std::vector<float> uncovered(const std::vector<float>& trusted, int width, int radius = 6);

/// `picture` where `share` is 0, `other` where it is 1. Both frames of one size.
Frame mixture(const Frame& picture, const Frame& other, const std::vector<float>& share);

/// Mean absolute difference of two frames (0 … 255, over RGB) where `mask` is 1; 0 when it is
/// nowhere.
double masked_difference(const Frame& a, const Frame& b, const std::vector<float>& mask);

}  // namespace pentimento
