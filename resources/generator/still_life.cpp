// A vase with branches, fruit and a bowl on a table, in the light of a window.
#include <cmath>

#include "painting.h"

namespace pentimento::samples {
namespace {

constexpr double kTable = 760;  // the far edge of the table

/// The wall with the window's light falling across it.
QColor wall(double x, double y, std::uint64_t seed) {
    QColor color = gradient({QColor(0x8fa39a), QColor(0x71877f), QColor(0x566a66)},
                            x / 1700 + 0.12 * y / 1000);
    color = shade(color,
                  0.05 * fractal(x / 240, y / 240, seed, 4) + 0.02 * noise(x / 6, y / 6, seed + 1));
    // Four panes, sheared as by a low sun, softer with distance.
    const double u = (x - 560 + 0.42 * y) / 245, v = (y + 0.1 * x + 20) / 245;
    const auto pane = [](double t) {
        const double soft = 0.055;
        return smoothstep(0.06 - soft, 0.06 + soft, t) *
               (1 - smoothstep(0.94 - soft, 0.94 + soft, t));
    };
    double light = 0;
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j) light += pane(u - 1 - i) * pane(v - 0.6 - j);
    // Leaves outside dapple it.
    light *= 1 - 0.3 * smoothstep(0.1, 0.5, fractal(x / 130, y / 130, seed + 2, 3));
    return mix(color, QColor(0xffe8b6), 0.62 * clamp01(light));
}

QColor table(double x, double y, std::uint64_t seed) {
    const double depth = (y - kTable) / (kHeight - kTable);
    const double px = (x - 760) / (0.75 + 0.5 * depth), board = px / 330 + 20;
    const double grain =
        fractal(px / 480 + std::floor(board) * 7, (y - kTable) / (5 + 4 * depth), seed + 5, 4);
    QColor color =
        gradient({QColor(0x6d4526), QColor(0x9a6838), QColor(0xc08c55)}, 0.48 + 0.5 * grain);
    color = mix(color, QColor(0xffdca3),
                0.34 * std::exp(-std::pow((x - 560 + 260 * depth) / 520, 2)) * (1 - 0.4 * depth));
    color = shade(color, -0.34 * smoothstep(800, 1536, x) - 0.1 * depth);
    return shade(color, 0.3 * (1 - smoothstep(0, 7, y - kTable)));
}

/// A soft shadow that falls to the lower right, dark where the thing stands.
void shadow(QPainter& painter, QPointF foot, double width) {
    glow(painter, foot + QPointF(width * 0.62, width * 0.05), width * 1.35, width * 0.27,
         QColor(30, 16, 10, 120));
    glow(painter, foot + QPointF(width * 0.12, 2), width * 0.72, width * 0.16,
         QColor(20, 10, 6, 215));
}

/// Shades a round form: light from the upper left, a dark edge, light thrown back by the table.
void model(QPainter& painter, const QPainterPath& shape, const QColor& color, double shine) {
    const QRectF box = shape.boundingRect();
    const double size = std::max(box.width(), box.height());
    QRadialGradient form(box.center() + QPointF(0, 0), size * 0.72,
                         box.center() - QPointF(box.width() * 0.24, box.height() * 0.26));
    form.setColorAt(0, shade(color, 0.4));
    form.setColorAt(0.22, shade(color, 0.16));
    form.setColorAt(0.5, color);
    form.setColorAt(0.78, shade(color, -0.42));
    form.setColorAt(1, shade(color, -0.62));
    painter.save();
    painter.setClipPath(shape);
    painter.fillPath(shape, form);
    QColor bounce = mix(color, QColor(0xe8a25e), 0.65);
    bounce.setAlpha(105);
    glow(painter,
         QPointF(box.center().x() + box.width() * 0.16, box.bottom() - box.height() * 0.02),
         box.width() * 0.42, box.height() * 0.16, bounce);
    QColor light(255, 250, 235, static_cast<int>(235 * shine));
    glow(painter, box.center() - QPointF(box.width() * 0.22, box.height() * 0.25),
         box.width() * 0.12, box.height() * 0.1, light, 0.15);
    painter.restore();
}

/// Streaks that run from stalk to blossom, as on an apple.
void streaks(QPainter& painter, Random& random, const QPainterPath& shape, const QColor& color,
             int count) {
    const QRectF box = shape.boundingRect();
    painter.save();
    painter.setClipPath(shape);
    for (int i = 0; i < count; ++i) {
        const double side = random.uniform(-1, 1);
        const double from = random.uniform(0.05, 0.5), to = from + random.uniform(0.1, 0.42);
        QPainterPath line;
        for (int k = 0; k <= 8; ++k) {
            const double t = std::lerp(from, to, k / 8.0);
            const QPointF p(
                box.center().x() + side * box.width() * 0.5 * std::sin(3.14159 * (0.08 + 0.84 * t)),
                box.top() + box.height() * t);
            k == 0 ? line.moveTo(p) : line.lineTo(p);
        }
        QColor c = vary(color, random, 0.04);
        c.setAlpha(46);
        painter.strokePath(line, QPen(c, random.uniform(2, 6), Qt::SolidLine, Qt::RoundCap));
    }
    painter.restore();
}

QPainterPath apple_shape(QPointF foot, double r) {
    const double x = foot.x(), y = foot.y() - r * 0.93;
    return smooth_path({{x, y - r * 0.8},
                        {x + r * 0.5, y - r * 0.93},
                        {x + r * 1.0, y - r * 0.3},
                        {x + r * 0.86, y + r * 0.45},
                        {x + r * 0.36, y + r * 0.92},
                        {x, y + r * 0.86},
                        {x - r * 0.36, y + r * 0.92},
                        {x - r * 0.86, y + r * 0.45},
                        {x - r * 1.0, y - r * 0.3},
                        {x - r * 0.5, y - r * 0.93}},
                       true);
}

void apple(QPainter& painter, Random& random, QPointF foot, double r, const QColor& color,
           const QColor& blush) {
    shadow(painter, foot, r);
    const auto shape = apple_shape(foot, r);
    model(painter, shape, color, 0.8);
    streaks(painter, random, shape, blush, 170);
    const QPointF dip(foot.x(), foot.y() - r * 1.66);
    glow(painter, dip, r * 0.34, r * 0.13, QColor(40, 20, 5, 150));
    QPainterPath stalk(dip + QPointF(0, r * 0.05));
    stalk.quadTo(dip + QPointF(r * 0.02, -r * 0.2), dip + QPointF(r * 0.16, -r * 0.4));
    painter.strokePath(stalk, QPen(QColor(0x4a3218), r * 0.07, Qt::SolidLine, Qt::RoundCap));
}

void pear(QPainter& painter, Random& random, QPointF foot, double r) {
    shadow(painter, foot, r * 0.95);
    const double x = foot.x(), y = foot.y();
    const auto shape = smooth_path({{x - r * 0.05, y - r * 2.75},
                                    {x + r * 0.3, y - r * 2.55},
                                    {x + r * 0.46, y - r * 1.85},
                                    {x + r * 0.92, y - r * 1.05},
                                    {x + r * 0.82, y - r * 0.3},
                                    {x + r * 0.3, y + r * 0.02},
                                    {x - r * 0.3, y + r * 0.02},
                                    {x - r * 0.84, y - r * 0.3},
                                    {x - r * 0.94, y - r * 1.05},
                                    {x - r * 0.52, y - r * 1.85},
                                    {x - r * 0.38, y - r * 2.5}},
                                   true);
    model(painter, shape, QColor(0xb5ac3c), 0.6);
    streaks(painter, random, shape, QColor(0xb05a2c), 70);
    painter.setPen(Qt::NoPen);
    painter.save();
    painter.setClipPath(shape);
    for (int i = 0; i < 190; ++i) {  // freckles
        painter.setBrush(QColor(80, 60, 15, 85));
        const double s = random.uniform(0.8, 2.4);
        painter.drawEllipse(QPointF(x + random.uniform(-1, 1) * r, y - random.uniform(0, 2.6) * r),
                            s, s);
    }
    painter.restore();
    QPainterPath stalk(QPointF(x - r * 0.03, y - r * 2.7));
    stalk.quadTo(x + r * 0.05, y - r * 2.95, x + r * 0.26, y - r * 3.15);
    painter.strokePath(stalk, QPen(QColor(0x4a3218), r * 0.08, Qt::SolidLine, Qt::RoundCap));
}

void orange(QPainter& painter, Random& random, QPointF foot, double r) {
    shadow(painter, foot, r * 0.95);
    QPainterPath shape;
    shape.addEllipse(QPointF(foot.x(), foot.y() - r * 0.93), r, r * 0.95);
    model(painter, shape, QColor(0xe8821e), 0.55);
    painter.setPen(Qt::NoPen);
    painter.save();
    painter.setClipPath(shape);
    for (int i = 0; i < 520; ++i) {  // pores
        painter.setBrush(i % 2 ? QColor(255, 210, 140, 44) : QColor(120, 50, 0, 44));
        painter.drawEllipse(
            QPointF(foot.x() + random.uniform(-1, 1) * r, foot.y() - random.uniform(0, 1.9) * r),
            1.8, 1.5);
    }
    painter.restore();
}

void vase(QPainter& painter, QPointF foot, double h) {
    shadow(painter, foot, h * 0.34);
    const double x = foot.x(), y = foot.y();
    std::vector<QPointF> right{{x + h * 0.13, y - h * 1.0},   {x + h * 0.1, y - h * 0.93},
                               {x + h * 0.095, y - h * 0.84}, {x + h * 0.2, y - h * 0.68},
                               {x + h * 0.295, y - h * 0.48}, {x + h * 0.26, y - h * 0.24},
                               {x + h * 0.16, y - h * 0.05},  {x + h * 0.15, y}};
    std::vector<QPointF> outline = right;
    for (auto it = right.rbegin(); it != right.rend(); ++it)
        outline.push_back({2 * x - it->x(), it->y()});
    const auto shape = smooth_path(outline, true);
    QLinearGradient glaze(x - h * 0.3, 0, x + h * 0.3, 0);
    const std::pair<double, QColor> stops[] = {{0, QColor(0x2c5f73)},   {0.18, QColor(0x5fa3b0)},
                                               {0.3, QColor(0xb5dcdc)}, {0.42, QColor(0x4f97a8)},
                                               {0.7, QColor(0x1f5468)}, {0.92, QColor(0x0f3040)},
                                               {1, QColor(0x2e5560)}};
    for (const auto& [at, color] : stops) glaze.setColorAt(at, color);
    painter.fillPath(shape, glaze);
    painter.save();
    painter.setClipPath(shape);
    for (int band = 0; band < 3; ++band) {  // painted bands
        const double by = y - h * (0.62 - 0.035 * band);
        painter.setPen(QPen(QColor(245, 225, 180, band == 1 ? 170 : 110), band == 1 ? 10 : 4));
        painter.setBrush(Qt::NoBrush);
        painter.drawArc(QRectF(x - h * 0.32, by - h * 0.06, h * 0.64, h * 0.12), 180 * 16,
                        180 * 16);
    }
    glow(painter, {x - h * 0.12, y - h * 0.52}, h * 0.045, h * 0.15, QColor(255, 252, 240, 220),
         0.1);
    glow(painter, {x + h * 0.12, y - h * 0.05}, h * 0.15, h * 0.07, QColor(225, 150, 85, 45));
    painter.restore();
    painter.setPen(QPen(QColor(0x8cc3c8), 5));
    painter.setBrush(QColor(0x0d2a36));
    painter.drawEllipse(QPointF(x, y - h * 0.995), h * 0.13, h * 0.026);
}

void branches(QPainter& painter, Random& random, QPointF mouth) {
    const struct {
        QPointF bend, tip;
    } stems[] = {{{-50, -210}, {-250, -345}},
                 {{10, -200}, {-70, -400}},
                 {{60, -210}, {170, -375}},
                 {{90, -150}, {310, -250}},
                 {{-90, -130}, {-310, -190}}};
    for (const auto& stem : stems) {
        QPainterPath path(mouth);
        path.quadTo(mouth + stem.bend, mouth + stem.tip);
        painter.strokePath(path, QPen(QColor(0x4d4a2c), 6, Qt::SolidLine, Qt::RoundCap));
        for (int i = 0; i < 15; ++i) {
            const double t = 0.28 + 0.72 * i / 14.0,
                         angle =
                             path.angleAtPercent(t) + (i % 2 ? 52 : -52) + random.uniform(-15, 15);
            const QPointF at = path.pointAtPercent(t);
            painter.save();
            painter.translate(at);
            painter.rotate(-angle);
            const double size = random.uniform(34, 58) * (1.15 - 0.4 * t);
            if (i % 4 == 2) {  // a blossom
                painter.translate(size * 0.5, 0);
                painter.setPen(Qt::NoPen);
                for (int p = 0; p < 6; ++p) {
                    painter.rotate(60);
                    QLinearGradient petal(0, 0, size * 0.6, 0);
                    petal.setColorAt(0, QColor(0xd86a7c));
                    petal.setColorAt(1, QColor(0xfbe3dd));
                    painter.setBrush(petal);
                    painter.drawEllipse(QPointF(size * 0.36, 0), size * 0.32, size * 0.2);
                }
                painter.setBrush(QColor(0xf0b93c));
                painter.drawEllipse(QPointF(0, 0), size * 0.13, size * 0.13);
            } else {
                QPainterPath leaf(QPointF(0, 0));
                leaf.quadTo(size * 0.5, -size * 0.34, size, 0);
                leaf.quadTo(size * 0.5, size * 0.34, 0, 0);
                painter.setPen(Qt::NoPen);
                painter.setBrush(
                    vary(mix(QColor(0x3f6136), QColor(0x9aa85a), random.uniform()), random, 0.03));
                painter.drawPath(leaf);
                painter.setPen(QPen(QColor(235, 240, 190, 110), 1.6));
                painter.drawLine(QPointF(2, 0), QPointF(size * 0.9, 0));
            }
            painter.restore();
        }
    }
}

/// A white cloth that hangs over the near edge of the table.
void cloth(QPainter& painter, QImage& image, std::uint64_t seed) {
    QPainterPath shape(QPointF(120, 930));
    shape.cubicTo(330, 850, 720, 842, 1010, 905);
    shape.cubicTo(1180, 945, 1260, 1010, 1330, 1180);
    shape.lineTo(60, 1180);
    shape.cubicTo(40, 1080, 60, 980, 120, 930);
    painter.fillPath(shape.translated(14, 16), QColor(30, 16, 10, 70));
    QImage linen(image.size(), QImage::Format_RGB32);
    fill(linen, [&](double x, double y) {
        const double fold =
            std::sin((x + 0.5 * y) / 62 + 2.2 * noise(x / 260, y / 260, seed + 40)) *
            smoothstep(900, 1120, y);
        const double weave =
            0.03 * (noise(x / 3, y / 9, seed + 41) + noise(x / 9, y / 3, seed + 42));
        const QColor color = gradient({QColor(0x9d9488), QColor(0xd8cfc0), QColor(0xf8f1e2)},
                                      0.72 + 0.3 * fold + weave - 0.35 * smoothstep(600, 1400, x) +
                                          0.12 * fractal(x / 210, y / 130, seed + 43, 3));
        const double stripe = std::abs(std::fmod(x * 0.93 + y * 0.36 + 5000, 190) - 95);
        return mix(color, QColor(0x9c4a3c),
                   0.55 * (smoothstep(83, 86, stripe) - smoothstep(91, 94, stripe)));
    });
    painter.fillPath(shape, QBrush(linen));
}

}  // namespace

QImage still_life(std::uint64_t seed) {
    Random random(seed);
    QImage image(kWidth, kHeight, QImage::Format_RGB32);
    fill(image,
         [&](double x, double y) { return y < kTable ? wall(x, y, seed) : table(x, y, seed); });
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    glow(painter, {900, kTable - 4}, 1000, 60, QColor(30, 25, 20, 90));
    cloth(painter, image, seed);
    const QPointF foot(610, 925);
    // The shadow of the vase and its branches on the wall.
    glow(painter, {1010, 640}, 150, 240, QColor(30, 35, 35, 80), 0.1);
    glow(painter, {1040, 330}, 260, 190, QColor(30, 35, 35, 55));
    vase(painter, foot, 450);
    branches(painter, random, foot - QPointF(0, 446));
    pear(painter, random, {905, 935}, 92);
    apple(painter, random, {1115, 960}, 98, QColor(0xb8322a), QColor(0xe8b04a));
    orange(painter, random, {345, 985}, 96);
    orange(painter, random, {795, 1025}, 88);
    apple(painter, random, {995, 1055}, 92, QColor(0x9fb03c), QColor(0xd65a3a));
    apple(painter, random, {505, 1075}, 84, QColor(0xc23b2a), QColor(0xf0c860));
    painter.end();
    add_grain(image, seed + 8, 0.008);
    return image;
}

}  // namespace pentimento::samples
