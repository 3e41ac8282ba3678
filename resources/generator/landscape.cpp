// An evening by a lake: sky, hills in the haze, their reflection, trees and reeds in front.
#include <cmath>

#include "painting.h"

namespace pentimento::samples {
namespace {

constexpr double kShore = 690;
const QPointF kSun(1010, 470);

QColor sky(double x, double y, std::uint64_t seed) {
    QColor color = gradient(
        {QColor(0x3a5f9e), QColor(0x6f93c4), QColor(0xb9c3d3), QColor(0xf3cfa6), QColor(0xf6a871)},
        y / 640);
    const double d = std::hypot(x - kSun.x(), (y - kSun.y()) * 1.15);
    color = mix(color, QColor(0xffe2a8), 0.85 * std::exp(-d * d / (2 * 190.0 * 190.0)));
    color = mix(color, QColor(0xfff6df), 1 - smoothstep(44, 50, d));
    // Long clouds, lit from below and towards the sun.
    const double warp = 60 * fractal(x / 500, y / 200, seed + 1, 3);
    const double cover = fractal((x + warp) / 420, (y + warp * 0.4) / 105, seed + 2, 5);
    const double amount =
        smoothstep(0.06, 0.42, cover) * smoothstep(20, 140, y) * (1 - smoothstep(430, 600, y));
    const double lit = fractal((x + warp) / 420, (y + 16 + warp * 0.4) / 105, seed + 2, 5) - cover;
    const QColor cloud = mix(mix(QColor(0x8d8fae), QColor(0xfbe3c8), 0.5 - lit * 3.2),
                             QColor(0xffc58a), 0.75 * std::exp(-d * d / (2 * 330.0 * 330.0)));
    return mix(color, cloud, amount * 0.88);
}

double ridge(int index, double x, std::uint64_t seed) {
    switch (index) {
        case 0:
            return 530 -
                   170 * std::pow(std::abs(fractal(x / 460 + 0.8, 1, seed + 10, 5) + 0.3), 1.1) -
                   25 * noise(x / 60, 2, seed);
        case 1:
            return 590 - 95 * (0.4 + fractal(x / 380, 5, seed + 11, 4));
        default:
            return 665 - 62 * (0.35 + fractal(x / 300, 9, seed + 12, 4)) -
                   60 * smoothstep(1150, 1536, x) - 40 * (1 - smoothstep(0, 420, x));
    }
}

QColor land(double x, double y, std::uint64_t seed) {
    QColor color = sky(x, y, seed);
    const double glare = 0.55 * std::exp(-std::pow((x - kSun.x()) / 330, 2));
    const QColor hills[] = {QColor(0x8193b5), QColor(0x5f7f92), QColor(0x47684f)};
    for (int i = 0; i < 3; ++i) {
        const double top = ridge(i, x, seed);
        if (y < top) continue;
        const double haze = smoothstep(0, 150, y - top);
        const double texture = i < 2 ? 0.12 * fractal(x / 50, y / 36, seed + 20, 3)
                                     : 0.25 * fractal(x / 16, y / 12, seed + 21, 3);
        QColor hill = shade(hills[i], texture);
        hill = mix(hill, QColor(0xf2c9a2), (i == 2 ? 0.18 : 0.5) * haze + glare * (0.75 - 0.2 * i));
        color = mix(color, hill, smoothstep(0, 2.5, y - top));
    }
    return color;
}

void conifer(QPainter& painter, Random& random, QPointF foot, double height, const QColor& dark) {
    painter.setPen(QPen(shade(dark, -0.3), height * 0.022, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(foot, foot - QPointF(0, height * 0.95));
    const int tiers = static_cast<int>(height / 7);
    for (int i = 0; i < tiers; ++i) {
        const double t = (i + 0.5) / tiers;
        const double y = foot.y() - height * (0.08 + 0.92 * (1 - t));
        const double reach = height * (0.03 + 0.2 * std::pow(t, 0.85)) * random.uniform(0.75, 1.2);
        for (int k = 0; k < 7; ++k) {
            const double side = random.uniform(-1, 1);
            const QPointF from(foot.x() + side * reach * 0.1, y);
            const QPointF to(foot.x() + side * reach, y + reach * random.uniform(0.22, 0.5));
            // The side towards the sun is warm.
            const QColor lit = mix(shade(dark, random.uniform(-0.25, 0.12)), QColor(0xc9a24d),
                                   0.34 * clamp01(side) * random.uniform());
            painter.setPen(QPen(lit, random.uniform(2, 5.5), Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(from, to);
        }
    }
}

/// A broad crown: leaves in clumps, darker inside and below.
void broadleaf(QPainter& painter, Random& random, QPointF foot, double height) {
    const QColor bark(0x3a2a22);
    for (int i = 0; i < 9; ++i) {
        const double lean = random.uniform(-0.36, 0.36);
        QPainterPath branch(foot);
        branch.cubicTo(foot - QPointF(0, height * 0.3),
                       foot + QPointF(lean * height * 0.3, -height * 0.45),
                       foot + QPointF(lean * height, -height * random.uniform(0.6, 0.88)));
        painter.strokePath(
            branch, QPen(bark, height * (i == 0 ? 0.05 : 0.018), Qt::SolidLine, Qt::RoundCap));
    }
    painter.setPen(Qt::NoPen);
    std::vector<QPointF> clumps;
    for (int i = 0; i < 64; ++i) {
        const double angle = random.uniform(0, 6.283185307), r = std::sqrt(random.uniform());
        clumps.push_back(foot + QPointF(0.36 * height * r * std::cos(angle),
                                        -0.7 * height + 0.27 * height * r * std::sin(angle)));
    }
    // From the dark inside to the lit outside; within each pass clump by clump.
    for (int pass = 0; pass < 4; ++pass)
        for (const auto& clump : clumps)
            for (int k = 0; k < 90; ++k) {
                const double spread = height * (0.062 - 0.009 * pass);
                const QPointF leaf = clump +
                                     QPointF(random.normal(), random.normal() * 0.8) * spread +
                                     QPointF(3.0, -4.0) * pass;
                const double light = clamp01(0.42 + (leaf.x() - foot.x()) / height * 0.7 -
                                             (leaf.y() - clump.y()) / height * 3.2 -
                                             (clump.y() - foot.y() + 0.7 * height) / height * 0.9);
                const QColor color = gradient(
                    {QColor(0x16291b), QColor(0x2f5230), QColor(0x6f8437), QColor(0xd0bb58)},
                    light * (0.3 + 0.23 * pass) * random.uniform(0.7, 1.2));
                painter.setBrush(vary(color, random, 0.015));
                painter.drawEllipse(leaf, random.uniform(2, 4.6), random.uniform(1.6, 3.6));
            }
}

}  // namespace

QImage landscape(std::uint64_t seed) {
    Random random(seed);
    QImage shore(kWidth, kHeight, QImage::Format_RGB32);
    fill(shore, [&](double x, double y) { return land(x, std::min(y, kShore + 14), seed); });
    {
        QPainter painter(&shore);
        painter.setRenderHint(QPainter::Antialiasing);
        for (int i = 0; i < 210; ++i) {  // woods on the far shore
            const double x = random.uniform(-20, kWidth + 20);
            const double wood = smoothstep(1020, 1400, x) + 1 - smoothstep(150, 560, x);
            if (random.uniform() > wood + 0.12) continue;
            conifer(painter, random, {x, kShore - random.uniform(0, 12)},
                    random.uniform(34, 70) * (0.55 + 0.75 * wood),
                    mix(QColor(0x2f4a3c), QColor(0x6d7a62), random.uniform(0, 0.4)));
        }
    }
    QImage image(kWidth, kHeight, QImage::Format_RGB32);
    fill(image, [&](double x, double y) {
        if (y < kShore) return shore.pixelColor(static_cast<int>(x), static_cast<int>(y));
        // Ripples: wider apart and stronger towards us.
        const double depth = (y - kShore) / (kHeight - kShore);
        const double ripple =
            fractal(x / (70 + 260 * depth), (y - kShore) / (3 + 16 * depth), seed + 30, 3);
        const double source_y = 2 * kShore - y + ripple * (3 + 46 * depth);
        const double source_x = x + ripple * 7 * depth;
        QColor color = shore.pixelColor(static_cast<int>(std::clamp(source_x, 0.0, kWidth - 1.0)),
                                        static_cast<int>(std::clamp(source_y, 0.0, kShore - 1)));
        color = mix(color, QColor(0x24466b), 0.16 + 0.42 * depth);
        const double path = std::exp(-std::pow((x - kSun.x()) / (42 + 190 * depth), 2));
        const double sparkle = smoothstep(0.12, 0.5, ripple) * path;
        color = mix(color, QColor(0xffdba6), 0.38 * path * (1 - 0.5 * depth));
        color = mix(color, QColor(0xffe9b8), 0.85 * sparkle * (1 - 0.45 * depth));
        return shade(color, -0.35 * (1 - smoothstep(0, 7, y - kShore)));
    });
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    // The bank in front, and what grows on it.
    std::vector<QPointF> bank{{-40, 920},  {140, 930},   {330, 985},   {520, 1050},
                              {800, 1092}, {1120, 1098}, {1360, 1070}, {1600, 1020}};
    QPainterPath ground = smooth_path(bank, false);
    ground.lineTo(kWidth + 60, kHeight + 20);
    ground.lineTo(-40, kHeight + 20);
    ground.closeSubpath();
    QLinearGradient earth(0, 920, 0, kHeight);
    earth.setColorAt(0, QColor(0x5e6b33));
    earth.setColorAt(1, QColor(0x26351f));
    painter.fillPath(ground, earth);
    const auto bank_y = [&](double x) {
        for (std::size_t i = 1; i < bank.size(); ++i)
            if (x < bank[i].x()) {
                const double t = (x - bank[i - 1].x()) / (bank[i].x() - bank[i - 1].x());
                return std::lerp(bank[i - 1].y(), bank[i].y(), smoothstep(0, 1, t));
            }
        return bank.back().y();
    };
    const auto grass = [&](int count, double grow) {
        for (int i = 0; i < count; ++i) {
            const double x = random.uniform(-30, kWidth + 30);
            const double y = bank_y(x) + std::pow(random.uniform(), 1.3) * 190;
            const double height = random.uniform(18, 58) * grow * (0.7 + (y - 900) / 320);
            QPainterPath blade(QPointF(x, y + 8));
            blade.quadTo(x + random.uniform(-6, 8), y - height * 0.5, x + random.normal() * 11 + 6,
                         y - height);
            const QColor color = mix(QColor(0x2c4423), QColor(0xcdbb5a),
                                     random.uniform(0, 0.75) * clamp01(0.35 + (x - 300) / 1300));
            painter.strokePath(blade, QPen(vary(color, random, 0.03), random.uniform(1.5, 3.6),
                                           Qt::SolidLine, Qt::RoundCap));
        }
    };
    grass(1500, 0.9);
    conifer(painter, random, {415, 1020}, 420, QColor(0x2b4a39));
    broadleaf(painter, random, {200, 985}, 640);
    grass(1900, 1.15);
    painter.setPen(Qt::NoPen);
    for (int i = 0; i < 150; ++i) {  // flowers
        const double x = random.uniform(0, kWidth), y = bank_y(x) + random.uniform(15, 170);
        const QColor petals[] = {QColor(0xf2e6c9), QColor(0xe4694b), QColor(0xf0b93c)};
        painter.setBrush(petals[random.below(3)]);
        const double r = random.uniform(3, 6.5);
        painter.drawEllipse(QPointF(x, y - 22), r, r * 0.8);
    }
    return image;
}

}  // namespace pentimento::samples
