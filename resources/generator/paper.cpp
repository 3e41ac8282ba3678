// Cut paper: leaves, stars and birds of painted sheets on coloured panels, each with a soft shadow.
#include <cmath>

#include "painting.h"

namespace pentimento::samples {
namespace {

/// A frond of seaweed: lobes on both sides of a bent spine, as if cut with scissors in one go.
QPainterPath frond(Random& random, double length, int lobes, double bend) {
    std::vector<QPointF> right, left;
    const auto spine = [&](double t) {
        return QPointF(length * bend * std::sin(t * 1.6) * t, -length * t);
    };
    for (int i = 0; i < lobes; ++i) {
        const double t = (i + 0.3) / lobes;
        const double reach =
            length * (0.32 * std::sin(3.0 * (0.12 + 0.85 * t)) + 0.03) * random.uniform(0.85, 1.15);
        const double step = 1.0 / lobes;
        const auto lobe = [&](std::vector<QPointF>& side, double sign) {
            side.push_back(spine(t) + QPointF(sign * length * 0.035, 0));
            side.push_back(spine(t + step * 0.05) +
                           QPointF(sign * reach * 0.6, -length * step * 0.42));
            side.push_back(spine(t + step * 0.35) + QPointF(sign * reach, -length * step * 1.25));
            side.push_back(spine(t + step * 0.62) +
                           QPointF(sign * reach * 0.5, -length * step * 0.6));
        };
        lobe(right, 1);
        lobe(left, -1);
    }
    std::vector<QPointF> outline{QPointF(length * 0.03, length * 0.1)};
    outline.insert(outline.end(), right.begin(), right.end());
    outline.push_back(spine(1 + 1.1 / lobes));
    outline.insert(outline.end(), left.rbegin(), left.rend());
    outline.push_back(QPointF(-length * 0.03, length * 0.1));
    return smooth_path(outline, true);
}

QPainterPath star(Random& random, double radius, int points) {
    std::vector<QPointF> outline;
    for (int i = 0; i < 2 * points; ++i) {
        const double angle = 3.14159265 * i / points + random.uniform(-0.06, 0.06);
        const double r = radius * (i % 2 ? 0.42 : random.uniform(0.85, 1.1));
        outline.push_back(QPointF(std::cos(angle), std::sin(angle)) * r);
    }
    QPainterPath path;
    path.addPolygon(QPolygonF(QList<QPointF>(outline.begin(), outline.end())));
    path.closeSubpath();
    return path;
}

QPainterPath pebble(Random& random, double radius) {
    std::vector<QPointF> outline;
    for (int i = 0; i < 9; ++i) {
        const double angle = 6.283185307 * i / 9;
        outline.push_back(QPointF(std::cos(angle), std::sin(angle) * 0.86) * radius *
                          random.uniform(0.78, 1.18));
    }
    return smooth_path(outline, true);
}

QPainterPath bird(double size) {
    QPainterPath path(QPointF(-size, size * 0.1));
    path.cubicTo(-size * 0.5, -size * 0.25, -size * 0.25, -size * 0.1, -size * 0.05, -size * 0.05);
    path.cubicTo(-size * 0.3, -size * 0.6, -size * 0.2, -size * 0.95, size * 0.1, -size * 1.15);
    path.cubicTo(size * 0.12, -size * 0.7, size * 0.25, -size * 0.35, size * 0.5, -size * 0.15);
    path.cubicTo(size * 0.75, -size * 0.3, size * 0.95, -size * 0.28, size * 1.15, -size * 0.1);
    path.cubicTo(size * 0.9, -size * 0.08, size * 0.85, 0, size * 0.7, size * 0.12);
    path.cubicTo(size * 0.3, size * 0.45, -size * 0.2, size * 0.42, -size * 0.45, size * 0.22);
    path.cubicTo(-size * 0.7, size * 0.3, -size * 0.85, size * 0.36, -size * 1.05, size * 0.45);
    path.closeSubpath();
    return path;
}

/// A sheet painted with gouache, cut and glued: shadow, colour with brush marks, a lit edge.
void glue(QImage& image, const QPainterPath& shape, const QColor& color, Random& random,
          std::uint64_t seed) {
    QImage shadow(image.size(), QImage::Format_ARGB32_Premultiplied);
    shadow.fill(Qt::transparent);
    {
        QPainter painter(&shadow);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.fillPath(shape.translated(7, 10), QColor(20, 10, 30, 120));
    }
    const QRect area =
        shape.boundingRect().toAlignedRect().adjusted(-40, -40, 50, 55).intersected(image.rect());
    if (area.isEmpty()) return;
    QImage sheet(area.size(), QImage::Format_RGB32);
    const double angle = random.uniform(-0.5, 0.5), c = std::cos(angle), s = std::sin(angle);
    fill(sheet, [&](double px, double py) {
        const double x = px + area.x(), y = py + area.y();
        const double along = x * c + y * s, across = y * c - x * s;
        const double marks = fractal(along / 260, across / 11, seed, 3) * 0.085 +
                             0.06 * noise(x / 240, y / 240, seed + 4);
        return shade(color, marks);
    });
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.drawImage(area.topLeft(), blurred(shadow.copy(area), 5));
    QBrush brush(sheet);
    brush.setTransform(QTransform::fromTranslate(area.x(), area.y()));
    painter.fillPath(shape, brush);
    painter.setClipPath(shape);
    painter.strokePath(shape.translated(2, 2.5), QPen(QColor(255, 255, 255, 70), 3));
}

}  // namespace

QImage paper(std::uint64_t seed) {
    Random random(seed);
    QImage image(kWidth, kHeight, QImage::Format_RGB32);
    image.fill(QColor(0xf6efdf));
    std::uint64_t sheet = seed * 100;
    const auto put = [&](const QPainterPath& shape, const QColor& color, QPointF at = {},
                         double turn = 0) {
        glue(image, QTransform().translate(at.x(), at.y()).rotate(turn).map(shape), color, random,
             ++sheet);
    };
    const auto panel = [&](double x, double y, double w, double h, const QColor& color) {
        std::vector<QPointF> corners{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}};
        for (auto& corner : corners)
            corner += QPointF(random.uniform(-7, 7), random.uniform(-7, 7));
        QPainterPath path;
        path.addPolygon(QPolygonF(QList<QPointF>(corners.begin(), corners.end())));
        path.closeSubpath();
        put(path, color);
    };
    const QColor blue(0x1d3fbb), sky(0x6fb7e9), green(0x177e5a), lime(0xa8c93a), yellow(0xf9c22e),
        orange(0xf26b21), red(0xd7263d), pink(0xf5a3b7), violet(0x6a3fa0), cream(0xfbf3e0),
        ink(0x1b1b3a);

    panel(26, 26, 480, 540, blue);
    panel(530, 26, 470, 330, yellow);
    panel(1024, 26, 486, 470, pink);
    panel(26, 590, 480, 536, orange);
    panel(530, 380, 470, 480, cream);
    panel(1024, 520, 486, 606, green);
    panel(530, 884, 470, 242, violet);

    put(frond(random, 362, 6, 0.16), cream, {255, 505});
    put(star(random, 52, 7), yellow, {110, 110});
    put(star(random, 36, 6), yellow, {424, 140});
    put(frond(random, 222, 5, -0.2), red, {772, 332}, 4);
    put(pebble(random, 56), blue, {615, 120});
    put(pebble(random, 40), green, {925, 130});
    put(frond(random, 325, 6, -0.14), red, {1275, 440}, 3);
    put(pebble(random, 42), violet, {1110, 110});
    put(star(random, 46, 8), cream, {1425, 120});
    put(frond(random, 395, 7, 0.12), blue, {262, 1082}, -3);
    put(pebble(random, 44), yellow, {104, 690});
    put(star(random, 42, 6), cream, {430, 700});
    put(pebble(random, 168), sky, {765, 640});
    put(bird(150), ink, {760, 640}, -6);
    put(bird(62), red, {915, 470}, -14);
    put(star(random, 40, 7), orange, {606, 790});
    put(frond(random, 440, 7, -0.12), lime, {1262, 1084}, 2);
    put(pebble(random, 48), pink, {1440, 620});
    put(star(random, 44, 7), yellow, {1104, 612});
    put(pebble(random, 38), orange, {1110, 1040});
    put(frond(random, 190, 4, 0.1), pink, {620, 1090}, 78);
    put(star(random, 48, 6), lime, {920, 965});
    put(pebble(random, 30), yellow, {905, 1072});
    add_grain(image, seed + 8, 0.018);
    return image;
}

}  // namespace pentimento::samples
