// Layered waves like a coloured woodcut: flat inks, carved lines, curling crests, a large sun.
#include <cmath>

#include "painting.h"

namespace pentimento::samples {
namespace {

struct Layer {
    double base, height, length, phase;
    QColor deep, light;
};

/// Height of the water's edge: crests are pointed and lean forward.
double crest(const Layer& layer, double x, std::uint64_t seed) {
    const double swell = 1 + 0.35 * noise(x / 700, layer.phase * 3, seed);
    double t = x / layer.length + layer.phase;
    t += 0.12 * std::sin(6.283185307 * t);  // lean
    const double wave = std::pow(0.5 + 0.5 * std::cos(6.283185307 * t), 1.7);
    return layer.base - layer.height * swell * wave;
}

QPainterPath edge_path(const Layer& layer, double offset, std::uint64_t seed) {
    QPainterPath path(QPointF(-20, crest(layer, -20, seed) + offset));
    for (int x = -12; x <= kWidth + 20; x += 8) path.lineTo(x, crest(layer, x, seed) + offset);
    return path;
}

/// Fingers of foam along the crests, each a hook that curls forward.
void foam(QPainter& painter, const Layer& layer, Random& random, std::uint64_t seed) {
    const QColor white(0xfaf5e6), blue = shade(layer.deep, -0.1);
    for (double x = -40; x < kWidth + 40;) {
        const double y = crest(layer, x, seed);
        const double rise = clamp01((layer.base - y) / (layer.height * 1.1));
        const double size = 9 + 40 * std::pow(rise, 1.5) * random.uniform(0.7, 1.15);
        if (rise > 0.3) {
            QPainterPath hook(QPointF(x - size, y + size * 0.9));
            hook.cubicTo(x - size * 0.7, y - size * 0.5, x + size * 0.4, y - size * 0.9,
                         x + size * 0.95, y - size * 0.1);
            hook.cubicTo(x + size * 1.15, y + size * 0.3, x + size * 0.75, y + size * 0.5,
                         x + size * 0.6, y + size * 0.2);
            hook.cubicTo(x + size * 0.5, y - size * 0.1, x + size * 0.1, y, x + size * 0.1,
                         y + size * 0.9);
            hook.closeSubpath();
            painter.setPen(QPen(blue, 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            painter.setBrush(white);
            painter.drawPath(hook);
            painter.setPen(Qt::NoPen);
            for (int i = 0; i < 3; ++i) {  // spray
                const double r = random.uniform(1.5, 2 + 4.5 * rise);
                painter.drawEllipse(
                    QPointF(x + random.uniform(0, 2.4) * size, y - random.uniform(0.3, 1.7) * size),
                    r, r);
            }
        }
        x += std::max(10.0, size * 0.85);
    }
}

void cloud(QPainter& painter, QPointF at, double size, const QColor& color) {
    QPainterPath path;
    path.setFillRule(Qt::WindingFill);
    path.addRoundedRect(QRectF(at.x(), at.y(), 5.2 * size, size), size / 2, size / 2);
    path.addRoundedRect(QRectF(at.x() + 1.3 * size, at.y() - 0.72 * size, 3.1 * size, size),
                        size / 2, size / 2);
    path.addRoundedRect(QRectF(at.x() - 1.1 * size, at.y() + 0.72 * size, 4.2 * size, size),
                        size / 2, size / 2);
    painter.fillPath(path, color);
}

}  // namespace

QImage waves(std::uint64_t seed) {
    Random random(seed);
    QImage image(kWidth, kHeight, QImage::Format_RGB32);
    fill(image, [&](double x, double y) {
        const double bokashi = y / 760 + 0.04 * fractal(x / 500, y / 60, seed + 1, 2);
        return gradient({QColor(0xd98f5c), QColor(0xeec08a), QColor(0xf5e3c0), QColor(0xf3ead3)},
                        bokashi);
    });
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    // The sun, printed with the grain of the block.
    const QPointF sun(1085, 330);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0xc8372d));
    painter.drawEllipse(sun, 205, 205);
    painter.setClipPath([&] {
        QPainterPath disc;
        disc.addEllipse(sun, 205, 205);
        return disc;
    }());
    for (int i = 0; i < 46; ++i) {
        const double y = sun.y() - 200 + i * 9;
        QPainterPath line(QPointF(sun.x() - 210, y));
        for (int x = -200; x <= 210; x += 10)
            line.lineTo(sun.x() + x, y + 7 * noise((sun.x() + x) / 110, y / 34, seed + 2));
        painter.strokePath(line, QPen(QColor(235, 150, 100, 70), random.uniform(0.6, 2.4)));
    }
    painter.setClipping(false);
    cloud(painter, {170, 190}, 46, QColor(0xfaf3df));
    cloud(painter, {560, 330}, 34, QColor(0xfaf3df));
    cloud(painter, {1190, 445}, 40, QColor(0xfaf3df));

    const std::vector<Layer> layers{
        {640, 70, 420, 0.15, QColor(0x9fc0bd), QColor(0xdce8dc)},
        {735, 120, 560, 0.55, QColor(0x6fa3ad), QColor(0xbfd8d2)},
        {850, 190, 760, 0.86, QColor(0x3d7896), QColor(0x9cc4cc)},
        {985, 250, 980, 0.32, QColor(0x1f4e7d), QColor(0x77aabf)},
        {1130, 230, 820, 0.93, QColor(0x12305c), QColor(0x5b92b5)},
    };
    for (const auto& layer : layers) {
        QPainterPath body = edge_path(layer, 0, seed);
        body.lineTo(kWidth + 20, kHeight + 20);
        body.lineTo(-20, kHeight + 20);
        body.closeSubpath();
        QLinearGradient ink(0, layer.base - layer.height, 0, layer.base + 190);
        ink.setColorAt(0, mix(layer.deep, layer.light, 0.25));
        ink.setColorAt(1, layer.deep);
        painter.fillPath(body, ink);
        painter.save();
        painter.setClipPath(body);
        // Carved lines follow the swell and swell themselves.
        for (int i = 0; i < 13; ++i) {
            const double offset = 26 + i * 21 + i * i * 0.7;
            std::vector<QPointF> above, below;
            for (int x = -20; x <= kWidth + 20; x += 8) {
                const double y =
                    crest(layer, x, seed) * (1 - i * 0.03) + layer.base * i * 0.03 + offset;
                const double width =
                    (5.5 - i * 0.25) *
                    clamp01(0.35 + 0.9 * noise(x / 130.0, i * 2.7 + layer.phase, seed + 3));
                above.push_back({double(x), y - width});
                below.insert(below.begin(), {double(x), y + width});
            }
            above.insert(above.end(), below.begin(), below.end());
            painter.setPen(Qt::NoPen);
            painter.setBrush(i % 3 == 0 ? QColor(0xf3ead3) : layer.light);
            painter.drawPolygon(above.data(), static_cast<int>(above.size()));
        }
        painter.restore();
        painter.strokePath(edge_path(layer, 0, seed), QPen(shade(layer.deep, -0.35), 4));
        painter.strokePath(edge_path(layer, 10, seed), QPen(QColor(0xfaf5e6), 9));
        foam(painter, layer, random, seed);
    }
    painter.end();
    add_grain(image, seed + 8, 0.022);
    return image;
}

}  // namespace pentimento::samples
