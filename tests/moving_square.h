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
                    rgba.push_back(static_cast<std::uint8_t>(in ? 150 + 50 * wave(u, v, c + 3, 0.8)
                                                                : 110 + 40 * wave(u, v, c, 0.5)));
                rgba.push_back(255);
            }
        return Frame::from_rgba(width, height, std::move(rgba));
    }

  private:
    /// Of several directions, so that no patch looks like its neighbour.
    double wave(double u, double v, int kind, double frequency) const {
        const double turn = 1.3 * kind + seed;
        return 0.5 * std::sin(frequency * (u * std::cos(turn) + v * std::sin(turn)) + kind) +
               0.5 * std::sin(0.6 * frequency * (u * std::sin(turn) - v * std::cos(turn)) + turn);
    }
};

}  // namespace pentimento
