// Brush strokes that follow a field of currents around glowing centres, large strokes below, small
// on top.
#include <cmath>

#include "painting.h"

namespace pentimento::samples {
namespace {

struct Orb {
    QPointF centre;
    double radius;
    double turn;  ///< direction and strength of the current around it
};
const std::vector<Orb> kOrbs{{{1130, 300}, 175, 1},
                             {{395, 265}, 95, -1},
                             {{705, 150}, 60, 1},
                             {{120, 540}, 60, 1},
                             {{1440, 650}, 75, -1}};

double hill_line(double x, std::uint64_t seed) {
    return 850 + 110 * std::sin(x / 260.0 + 0.6) * std::cos(x / 610.0) +
           50 * noise(x / 240, 3, seed);
}

/// What the strokes are dipped into at a place.
QColor paint_at(double x, double y, std::uint64_t seed) {
    const double hill = hill_line(x, seed);
    if (y > hill) {
        const double depth = (y - hill) / 320 + 0.22 * fractal(x / 260, y / 90, seed + 5, 3);
        return gradient({QColor(0x0f4c5c), QColor(0x1f7a6d), QColor(0x7fb069), QColor(0xe6aa3c),
                         QColor(0xc8553d), QColor(0x5b2333)},
                        depth);
    }
    const double drift = 0.2 * fractal(x / 420, y / 170, seed + 1, 3);
    QColor color = gradient({QColor(0x0a1045), QColor(0x14297a), QColor(0x1f4fa8), QColor(0x2e8bc0),
                             QColor(0x8fd3d1), QColor(0xf3e3b3)},
                            y / 1100 + drift);
    for (const auto& orb : kOrbs) {
        const double d = std::hypot(x - orb.centre.x(), y - orb.centre.y()) / orb.radius;
        const double ring = 0.5 + 0.5 * std::cos(d * 7.5);
        if (d < 0.42) return mix(QColor(0xfff6d5), QColor(0xffd166), d / 0.42);
        const double reach = 1 - smoothstep(0.4, 2.1, d);
        color =
            mix(color, mix(QColor(0xf4a93b), QColor(0xfff0b8), ring), reach * (0.35 + 0.6 * ring));
    }
    return color;
}

double angle_at(double x, double y, std::uint64_t seed) {
    const double hill = hill_line(x, seed);
    double vx = 1,
           vy = 0.55 * std::sin(x / 190 + 2.4 * fractal(x / 700, y / 500, seed + 2, 2) + y / 260);
    const double a = 1.3 * fractal(x / 480, y / 380, seed + 3, 2);
    const double rx = vx * std::cos(a) - vy * std::sin(a), ry = vx * std::sin(a) + vy * std::cos(a);
    vx = rx, vy = ry;
    if (y > hill - 20) {  // along the hills
        const double slope = (hill_line(x + 8, seed) - hill_line(x - 8, seed)) / 16;
        vx = 1, vy = slope * 1.1 + 0.25 * noise(x / 120, y / 120, seed + 4);
    } else {
        for (const auto& orb : kOrbs) {
            const double dx = x - orb.centre.x(), dy = y - orb.centre.y();
            const double d = std::hypot(dx, dy) + 1e-9;
            const double pull = 4 * std::exp(-std::pow(d / (orb.radius * 1.75), 2));
            vx += pull * orb.turn * -dy / d;
            vy += pull * orb.turn * dx / d;
        }
    }
    return std::atan2(vy, vx);
}

void stroke(QPainter& painter, Random& random, QPointF at, double length, double width,
            std::uint64_t seed) {
    const QColor base = vary(paint_at(at.x(), at.y(), seed), random, 0.035);
    const int bristles = std::max(4, static_cast<int>(width / 3.2));
    std::vector<QPointF> spine{at};
    const int steps = std::max(4, static_cast<int>(length / 9));
    for (int i = 0; i < steps; ++i) {
        const double angle = angle_at(spine.back().x(), spine.back().y(), seed);
        spine.push_back(spine.back() +
                        QPointF(std::cos(angle), std::sin(angle)) * (length / steps));
    }
    for (int b = 0; b < bristles; ++b) {
        const double side = (b + 0.5) / bristles * 2 - 1;
        std::vector<QPointF> line;
        const int skip = random.below(2), cut = random.below(2);
        for (int i = skip; i < static_cast<int>(spine.size()) - cut; ++i) {
            const auto next =
                spine[static_cast<std::size_t>(std::min<int>(i + 1, spine.size() - 1))];
            const auto last = spine[static_cast<std::size_t>(std::max(i - 1, 0))];
            const double angle = std::atan2(next.y() - last.y(), next.x() - last.x());
            const double taper = std::sin((0.12 + 0.88 * i / (spine.size() - 1.0)) * 3.0);
            line.push_back(spine[static_cast<std::size_t>(i)] +
                           QPointF(-std::sin(angle), std::cos(angle)) * side * width / 2 *
                               (0.55 + 0.45 * taper));
        }
        // Light falls from the upper left on the ridges of the paint.
        QColor color = shade(vary(base, random, 0.02), -0.13 * side + 0.05 * random.normal());
        color.setAlphaF(0.93f);
        painter.setPen(
            QPen(color, width / bristles * 1.7, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        if (line.size() > 1) painter.drawPath(smooth_path(line, false));
    }
}

}  // namespace

QImage flow(std::uint64_t seed) {
    QImage image(kWidth, kHeight, QImage::Format_RGB32);
    fill(image, [&](double x, double y) { return shade(paint_at(x, y, seed), -0.25); });
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    Random random(seed);
    const struct {
        int count;
        double length, width;
    } layers[] = {{900, 190, 40}, {2200, 130, 24}, {3600, 84, 15}};
    for (const auto& layer : layers)
        for (int i = 0; i < layer.count; ++i)
            stroke(painter, random,
                   {random.uniform(-60, kWidth), random.uniform(-20, kHeight + 20)},
                   layer.length * random.uniform(0.6, 1.3), layer.width * random.uniform(0.7, 1.3),
                   seed);
    return image;
}

}  // namespace pentimento::samples
