// What all sample pictures share: noise, colours, brushes. Everything depends on the seed alone.
#pragma once

#include <QColor>
#include <QImage>
#include <QPainter>
#include <QPainterPath>
#include <QPointF>
#include <functional>
#include <vector>

#include "core/base/random.h"

namespace pentimento::samples {

// Pictures are drawn at twice their size and then made smaller, which smooths every edge.
inline constexpr int kWidth = 1536;
inline constexpr int kHeight = 1152;

QImage flow(std::uint64_t seed);
QImage glass(std::uint64_t seed);
QImage waves(std::uint64_t seed);
QImage paper(std::uint64_t seed);
QImage landscape(std::uint64_t seed);
QImage still_life(std::uint64_t seed);

class Random {
  public:
    explicit Random(std::uint64_t seed) : random_(seed) {}
    double uniform(double low = 0, double high = 1) {
        return low + (high - low) * random_.uniform();
    }
    /// Roughly normal, mean 0, deviation 1.
    double normal() {
        return uniform() + uniform() + uniform() + uniform() + uniform() + uniform() - 3;
    }
    int below(int bound) {
        return static_cast<int>(random_.below(static_cast<std::uint64_t>(bound)));
    }

  private:
    SplitMix64 random_;
};

/// Smooth noise in about −1 … 1 that varies over a distance of 1.
double noise(double x, double y, std::uint64_t seed);
/// Octaves of it, each twice as fine and half as strong.
double fractal(double x, double y, std::uint64_t seed, int octaves = 4);

double clamp01(double value);
double smoothstep(double low, double high, double value);
QColor mix(const QColor& a, const QColor& b, double amount);
/// Lighter (amount > 0) or darker (< 0), −1 … 1.
QColor shade(const QColor& color, double amount);
/// A little off in hue, saturation and lightness.
QColor vary(const QColor& color, Random& random, double amount);
/// Along evenly spaced stops, 0 … 1.
QColor gradient(const std::vector<QColor>& stops, double position);

/// Calls `color` for each pixel.
void fill(QImage& image, const std::function<QColor(double x, double y)>& color);
/// A smooth closed or open curve through the points (Catmull–Rom).
QPainterPath smooth_path(const std::vector<QPointF>& points, bool closed);
/// An ellipse that fades out from `color` in the middle.
void glow(QPainter& painter, QPointF centre, double rx, double ry, const QColor& color,
          double core = 0);
/// Copies `image` blurred with a box of `radius`, three times (nearly Gaussian).
QImage blurred(const QImage& image, int radius);
/// Fine grain, as of paper or canvas.
void add_grain(QImage& image, std::uint64_t seed, double strength);

}  // namespace pentimento::samples
