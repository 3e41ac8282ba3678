// Noise, colours and brushes.
#include "painting.h"

#include <algorithm>
#include <cmath>

namespace pentimento::samples {
namespace {

double lattice(int x, int y, std::uint64_t seed) {
    const auto bits =
        derive_seed(seed, static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y));
    return static_cast<double>(bits >> 11) * 0x1.0p-52 - 1;
}

/// One horizontal pass of a running mean over rows of premultiplied ARGB; writes transposed.
QImage box_pass(const QImage& in, int radius) {
    QImage out(in.height(), in.width(), QImage::Format_ARGB32_Premultiplied);
    const int width = in.width();
    for (int y = 0; y < in.height(); ++y) {
        const auto* row = reinterpret_cast<const QRgb*>(in.constScanLine(y));
        int sum[4] = {};
        const auto add = [&](int x, int sign) {
            const QRgb p = row[std::clamp(x, 0, width - 1)];
            sum[0] += sign * qRed(p), sum[1] += sign * qGreen(p), sum[2] += sign * qBlue(p);
            sum[3] += sign * qAlpha(p);
        };
        for (int x = -radius; x <= radius; ++x) add(x, 1);
        const int count = 2 * radius + 1;
        for (int x = 0; x < width; ++x) {
            reinterpret_cast<QRgb*>(out.scanLine(x))[y] =
                qRgba(sum[0] / count, sum[1] / count, sum[2] / count, sum[3] / count);
            add(x - radius, -1);
            add(x + radius + 1, 1);
        }
    }
    return out;
}

}  // namespace

double noise(double x, double y, std::uint64_t seed) {
    const int x0 = static_cast<int>(std::floor(x)), y0 = static_cast<int>(std::floor(y));
    const auto ease = [](double t) { return t * t * t * (t * (t * 6 - 15) + 10); };
    const double u = ease(x - x0), v = ease(y - y0);
    const double top = std::lerp(lattice(x0, y0, seed), lattice(x0 + 1, y0, seed), u);
    const double bottom = std::lerp(lattice(x0, y0 + 1, seed), lattice(x0 + 1, y0 + 1, seed), u);
    return std::lerp(top, bottom, v);
}

double fractal(double x, double y, std::uint64_t seed, int octaves) {
    double sum = 0, strength = 1, total = 0;
    for (int i = 0; i < octaves; ++i, x *= 2, y *= 2, strength /= 2) {
        sum += strength * noise(x, y, seed + static_cast<std::uint64_t>(i));
        total += strength;
    }
    return sum / total;
}

double clamp01(double value) {
    return std::clamp(value, 0.0, 1.0);
}

double smoothstep(double low, double high, double value) {
    const double t = clamp01((value - low) / (high - low));
    return t * t * (3 - 2 * t);
}

QColor mix(const QColor& a, const QColor& b, double amount) {
    const auto t = static_cast<float>(clamp01(amount));
    return QColor::fromRgbF(std::lerp(a.redF(), b.redF(), t), std::lerp(a.greenF(), b.greenF(), t),
                            std::lerp(a.blueF(), b.blueF(), t),
                            std::lerp(a.alphaF(), b.alphaF(), t));
}

QColor shade(const QColor& color, double amount) {
    QColor target(amount > 0 ? Qt::white : Qt::black);
    target.setAlphaF(color.alphaF());
    return mix(color, target, std::abs(amount));
}

QColor vary(const QColor& color, Random& random, double amount) {
    float h, s, l, a;
    color.getHslF(&h, &s, &l, &a);
    h = static_cast<float>(std::fmod(std::max(0.0f, h) + amount * 0.25 * random.normal() + 1, 1.0));
    s = static_cast<float>(clamp01(s + amount * random.normal()));
    l = static_cast<float>(clamp01(l + amount * random.normal()));
    return QColor::fromHslF(h, s, l, a);
}

QColor gradient(const std::vector<QColor>& stops, double position) {
    const double at = clamp01(position) * static_cast<double>(stops.size() - 1);
    const auto index = std::min(static_cast<std::size_t>(at), stops.size() - 2);
    return mix(stops[index], stops[index + 1], at - static_cast<double>(index));
}

void fill(QImage& image, const std::function<QColor(double x, double y)>& color) {
    for (int y = 0; y < image.height(); ++y) {
        auto* row = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < image.width(); ++x) row[x] = color(x, y).rgb();
    }
}

QPainterPath smooth_path(const std::vector<QPointF>& points, bool closed) {
    const int count = static_cast<int>(points.size());
    const auto at = [&](int i) {
        return points[static_cast<std::size_t>(closed ? (i + count) % count
                                                      : std::clamp(i, 0, count - 1))];
    };
    QPainterPath path(points.front());
    for (int i = 0; i < (closed ? count : count - 1); ++i)
        path.cubicTo(at(i) + (at(i + 1) - at(i - 1)) / 6, at(i + 1) - (at(i + 2) - at(i)) / 6,
                     at(i + 1));
    if (closed) path.closeSubpath();
    return path;
}

void glow(QPainter& painter, QPointF centre, double rx, double ry, const QColor& color,
          double core) {
    painter.save();
    painter.translate(centre);
    painter.scale(rx, ry);
    QRadialGradient fade(QPointF(0, 0), 1);
    QColor none = color;
    none.setAlpha(0);
    fade.setColorAt(0, color);
    for (int i = 0; i <= 8; ++i) {  // a smooth fall instead of Qt's linear one
        const double t = i / 8.0;
        fade.setColorAt(core + (1 - core) * t, mix(color, none, smoothstep(0, 1, t)));
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(fade);
    painter.drawEllipse(QPointF(0, 0), 1, 1);
    painter.restore();
}

QImage blurred(const QImage& image, int radius) {
    QImage result = image.convertToFormat(QImage::Format_ARGB32_Premultiplied);
    for (int i = 0; i < 6; ++i) result = box_pass(result, radius);
    return result;
}

void add_grain(QImage& image, std::uint64_t seed, double strength) {
    for (int y = 0; y < image.height(); ++y) {
        auto* row = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < image.width(); ++x) {
            const int change = static_cast<int>(std::lround(
                255 * strength *
                (noise(x / 5.0, y / 5.0, seed) + 0.6 * noise(x / 2.2, y / 2.2, seed + 9))));
            const auto moved = [&](int v) { return std::clamp(v + change, 0, 255); };
            row[x] = qRgb(moved(qRed(row[x])), moved(qGreen(row[x])), moved(qBlue(row[x])));
        }
    }
}

}  // namespace pentimento::samples
