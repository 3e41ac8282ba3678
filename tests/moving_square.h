// A textured square that moves over a textured ground, so that the true movement is known.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/frame.h"

namespace pentimento {

struct MovingSquare {
    int width = 96, height = 72;
    int size = 28, left = 10, top = 20;  ///< at time 0
    int dx = 3, dy = 1;                  ///< per frame
    unsigned seed = 1;                   ///< another one is another scene

    bool inside(int t, int x, int y) const {
        const int u = x - left - t * dx, v = y - top - t * dy;
        return u >= 0 && v >= 0 && u < size && v < size;
    }

    Frame at(int t) const {
        std::vector<std::uint8_t> rgba;
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
                const bool in = inside(t, x, y);
                const double u = in ? x - left - t * dx : x, v = in ? y - top - t * dy : y;
                for (int c = 0; c < 3; ++c)
                    rgba.push_back(static_cast<std::uint8_t>(
                        (in ? 80 : 40) + 120 * (0.6 * noise(u / 5, v / 5, c + 3 * in) +
                                                0.4 * noise(u / 13, v / 13, c + 6))));
                rgba.push_back(255);
            }
        return Frame::from_rgba(width, height, std::move(rgba));
    }

  private:
    /// 0 … 1 at the corners of a lattice.
    double corner(std::int64_t x, std::int64_t y, int kind) const {
        auto state = static_cast<std::uint64_t>(x * 73'856'093 ^ y * 19'349'663) ^
                     (static_cast<std::uint64_t>(kind) * 83'492'791 + seed * 2'654'435'761u);
        for (int i = 0; i < 3; ++i) {
            state ^= state >> 31;
            state *= 0x9e3779b97f4a7c15;
        }
        return static_cast<double>(state >> 40) / (1 << 24);
    }
    /// Smooth between them, so that no patch looks like its neighbour.
    double noise(double u, double v, int kind) const {
        const double left = std::floor(u), top = std::floor(v);
        const auto ease = [](double t) { return t * t * (3 - 2 * t); };
        const double a = ease(u - left), b = ease(v - top);
        const auto x = static_cast<std::int64_t>(left), y = static_cast<std::int64_t>(top);
        return (corner(x, y, kind) * (1 - a) + corner(x + 1, y, kind) * a) * (1 - b) +
               (corner(x, y + 1, kind) * (1 - a) + corner(x + 1, y + 1, kind) * a) * b;
    }
};

}  // namespace pentimento
