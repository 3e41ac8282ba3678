// A window of coloured glass: a sun over hills and water in Voronoi panes between lead lines.
#include <cmath>
#include <limits>

#include "painting.h"

namespace pentimento::samples {
namespace {

struct Site {
    QPointF at;
    QColor color;
};

const QPointF kSun(980, 400);

QColor pane_color(QPointF p, Random& random) {
    const double x = p.x(), y = p.y();
    const double d = std::hypot(x - kSun.x(), y - kSun.y());
    const double far_hill = 690 + 70 * std::sin(x / 210.0 + 1);
    const double near_hill = 850 + 90 * std::sin(x / 300.0 + 3.4);
    QColor color;
    if (y > 1010 + 20 * std::sin(x / 130.0))
        color = gradient({QColor(0x0b3c8c), QColor(0x1c7ed6), QColor(0x22b8cf)}, random.uniform());
    else if (y > near_hill)
        color = gradient({QColor(0x0b6e4f), QColor(0x2b9348), QColor(0x80b918)}, random.uniform());
    else if (y > far_hill)
        color = gradient({QColor(0x5f0f40), QColor(0x9a1750), QColor(0xc9184a)}, random.uniform());
    else if (d < 150)
        color = gradient({QColor(0xfff3b0), QColor(0xffd60a)}, random.uniform());
    else {
        // Rays: every other sector is warm.
        const double angle = std::atan2(y - kSun.y(), x - kSun.x());
        const bool warm = std::fmod(angle / 6.283185307 * 14 + 28.3, 2) < 1;
        const double reach = clamp01((d - 150) / 800);
        color =
            warm
                ? gradient({QColor(0xffb703), QColor(0xfb8500), QColor(0xe85d04), QColor(0xb5179e)},
                           reach)
                : gradient({QColor(0xffd27d), QColor(0x48bfe3), QColor(0x3a6fd8), QColor(0x2a2a8c)},
                           reach);
    }
    return vary(color, random, 0.03);
}

std::vector<Site> make_sites(Random& random) {
    std::vector<Site> sites;
    const auto try_add = [&](QPointF p, double gap) {
        for (const auto& site : sites)
            if (std::hypot(site.at.x() - p.x(), site.at.y() - p.y()) < gap) return;
        sites.push_back({p, pane_color(p, random)});
    };
    // Rings around the sun first, so that it becomes a rose; the rest at random with a least
    // distance.
    sites.push_back({kSun, QColor(0xfff8d6)});
    for (int ring = 1; ring <= 4; ++ring) {
        const int count = 7 * ring;
        for (int i = 0; i < count; ++i) {
            const double angle = 6.283185307 * (i + 0.5 * (ring % 2)) / count;
            const QPointF p = kSun + QPointF(std::cos(angle), std::sin(angle)) * (20 + 72.0 * ring);
            sites.push_back({p, pane_color(p, random)});
        }
    }
    for (int i = 0; i < 6000; ++i)
        try_add({random.uniform(-60, kWidth + 60), random.uniform(-60, kHeight + 60)}, 74);
    return sites;
}

}  // namespace

QImage glass(std::uint64_t seed) {
    Random random(seed);
    const auto sites = make_sites(random);
    QImage image(kWidth, kHeight, QImage::Format_RGB32);
    const QColor lead(0x1a1a20);
    fill(image, [&](double x, double y) {
        // A slight wobble: glass is cut by hand.
        const double wx = x + 5 * noise(x / 60, y / 60, seed + 1),
                     wy = y + 5 * noise(x / 60, y / 60, seed + 2);
        const Site *first = nullptr, *second = nullptr;
        double d1 = std::numeric_limits<double>::max(), d2 = d1;
        for (const auto& site : sites) {
            const double dx = wx - site.at.x(), dy = wy - site.at.y(), d = dx * dx + dy * dy;
            if (d < d1)
                d2 = d1, second = first, d1 = d, first = &site;
            else if (d < d2)
                d2 = d, second = &site;
        }
        const QPointF between = second->at - first->at;
        const double edge = (d2 - d1) / (2 * std::hypot(between.x(), between.y()));
        // Light through uneven glass: streaks, bubbles, a brighter middle.
        const double streak =
            fractal(x / 90 + 3 * noise(x / 300, y / 300, seed + 3), y / 14, seed + 4, 3);
        const double middle = smoothstep(0, 46, edge);
        const double window =
            1 - 0.28 * smoothstep(500, 1100, std::hypot(x - kSun.x(), y - kSun.y()));
        QColor color = shade(first->color, -0.32 + 0.34 * middle + 0.1 * streak);
        color = shade(color, window - 1);
        if (noise(x / 9, y / 9, seed + 5) > 0.9) color = shade(color, 0.12);
        // Lead with a rounded, faintly lit profile.
        const double line = 1 - smoothstep(5.2, 7.5, edge);
        const double lit =
            std::exp(-edge * edge / 3) * 0.22 * (0.6 + 0.4 * noise(x / 40, y / 40, seed + 6));
        return mix(color, shade(lead, lit), line);
    });
    // The bright panes spill a little light over the lead.
    QImage halo = blurred(image, 14);
    QPainter painter(&image);
    painter.setCompositionMode(QPainter::CompositionMode_Screen);
    painter.setOpacity(0.28);
    painter.drawImage(0, 0, halo);
    return image;
}

}  // namespace pentimento::samples
