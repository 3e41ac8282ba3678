// Strokes as distances to a line: no dabs that could be seen apart, and no gaps when the mouse is
// quick.
#include "ui/widgets/mask_canvas.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace pentimento::ui {

QSize MaskCanvas::size_for(QSize picture) {
    if (std::max(picture.width(), picture.height()) <= kLongEdge) return picture.expandedTo({1, 1});
    return picture.scaled(kLongEdge, kLongEdge, Qt::KeepAspectRatio).expandedTo({1, 1});
}

MaskCanvas::MaskCanvas(QSize size) : image_(size.expandedTo({1, 1}), QImage::Format_Grayscale8) {
    image_.fill(0);
}

bool MaskCanvas::empty() const {
    for (int y = 0; y < image_.height(); ++y) {
        const std::uint8_t* row = image_.constScanLine(y);
        if (std::any_of(row, row + image_.width(), [](std::uint8_t grey) { return grey > 0; }))
            return false;
    }
    return true;
}

QRect MaskCanvas::begin_stroke(QPointF at, const Brush& brush) {
    end_stroke();
    painting_ = true;
    brush_ = brush;
    last_ = at;
    before_stroke_ = image_;
    stroke_rect_ = {};
    coverage_.assign(
        static_cast<std::size_t>(image_.width()) * static_cast<std::size_t>(image_.height()), 0);
    return paint_segment(at, at);
}

QRect MaskCanvas::stroke_to(QPointF at) {
    if (!painting_) return {};
    const QPointF from = last_;
    last_ = at;
    return paint_segment(from, at);
}

void MaskCanvas::end_stroke() {
    if (!painting_) return;
    painting_ = false;
    commit(before_stroke_, stroke_rect_);
    before_stroke_ = {};
}

// Full strength up to the inner radius, nothing from the outer one on, smooth between them. The
// pixel takes the most that any part of the stroke gives it.
QRect MaskCanvas::paint_segment(QPointF from, QPointF to) {
    const double radius = std::max(0.5, brush_.diameter / 2);
    const double inner =
        std::max(0.0, std::min(radius * (1 - std::clamp(brush_.feather, 0.0, 1.0)), radius - 0.5));
    const double outer = radius + 0.5;
    const QRectF reach = QRectF(from, to).normalized().adjusted(-outer, -outer, outer, outer);
    const QRect area = reach.toAlignedRect() & image_.rect();
    if (area.isEmpty()) return {};
    const QPointF along = to - from;
    const double length2 = QPointF::dotProduct(along, along);
    const int target = brush_.erase ? 0 : 255;
    for (int y = area.top(); y <= area.bottom(); ++y) {
        std::uint8_t* row = image_.scanLine(y);
        const std::uint8_t* before = before_stroke_.constScanLine(y);
        std::uint8_t* covered = coverage_.data() + static_cast<std::ptrdiff_t>(y) * image_.width();
        for (int x = area.left(); x <= area.right(); ++x) {
            const QPointF pixel = QPointF(x + 0.5, y + 0.5) - from;
            const double part =
                length2 > 0 ? std::clamp(QPointF::dotProduct(pixel, along) / length2, 0.0, 1.0) : 0;
            const QPointF off = pixel - part * along;
            const double distance2 = QPointF::dotProduct(off, off);
            if (distance2 >= outer * outer) continue;
            int strength = 255;
            if (distance2 > inner * inner) {
                const double t = (outer - std::sqrt(distance2)) / (outer - inner);
                strength = static_cast<int>(std::lround(255 * t * t * (3 - 2 * t)));
            }
            if (strength <= covered[x]) continue;
            covered[x] = static_cast<std::uint8_t>(strength);
            row[x] = static_cast<std::uint8_t>(
                (before[x] * (255 - strength) + target * strength + 127) / 255);
        }
    }
    stroke_rect_ |= area;
    return area;
}

// Remembers what was there, unless nothing has become different.
QRect MaskCanvas::commit(const QImage& before, const QRect& changed) {
    if (changed.isEmpty()) return {};
    const auto same = [&](int y) {
        return std::memcmp(before.constScanLine(y) + changed.left(),
                           image_.constScanLine(y) + changed.left(),
                           static_cast<std::size_t>(changed.width())) == 0;
    };
    int y = changed.top();
    while (y <= changed.bottom() && same(y)) ++y;
    if (y > changed.bottom()) return {};
    undo_.push_back({changed.topLeft(), before.copy(changed)});
    if (undo_.size() > kMostEdits) undo_.pop_front();
    redo_.clear();
    return changed;
}

QRect MaskCanvas::swap(std::deque<Edit>& from, std::deque<Edit>& to) {
    end_stroke();
    if (from.empty()) return {};
    const Edit edit = std::move(from.back());
    from.pop_back();
    const QRect area(edit.corner, edit.pixels.size());
    to.push_back({edit.corner, image_.copy(area)});
    for (int y = 0; y < area.height(); ++y)
        std::memcpy(image_.scanLine(area.top() + y) + area.left(), edit.pixels.constScanLine(y),
                    static_cast<std::size_t>(area.width()));
    return area;
}

QRect MaskCanvas::undo() {
    return swap(undo_, redo_);
}

QRect MaskCanvas::redo() {
    return swap(redo_, undo_);
}

void MaskCanvas::forget_edits() {
    undo_.clear();
    redo_.clear();
}

QRect MaskCanvas::fill(std::uint8_t grey) {
    end_stroke();
    const QImage before = image_;
    image_.fill(grey);
    return commit(before, image_.rect());
}

QRect MaskCanvas::invert() {
    end_stroke();
    const QImage before = image_;
    for (int y = 0; y < image_.height(); ++y) {
        std::uint8_t* row = image_.scanLine(y);
        std::transform(row, row + image_.width(), row,
                       [](std::uint8_t grey) { return static_cast<std::uint8_t>(255 - grey); });
    }
    return commit(before, image_.rect());
}

QRect MaskCanvas::replace(const QImage& image) {
    if (image.isNull()) return {};
    end_stroke();
    const QImage before = image_;
    QImage grey = to_grey(image);
    if (grey.size() != size()) {
        grey = to_grey(grey.convertToFormat(QImage::Format_RGB32)
                           .scaled(size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
    }
    image_ = grey;
    return commit(before, image_.rect());
}

QImage to_grey(const QImage& image) {
    if (image.isNull() || image.format() == QImage::Format_Grayscale8) return image;
    const QImage rgba = image.convertToFormat(QImage::Format_RGBA8888);
    QImage grey(rgba.size(), QImage::Format_Grayscale8);
    for (int y = 0; y < rgba.height(); ++y) {
        const std::uint8_t* from = rgba.constScanLine(y);
        std::uint8_t* to = grey.scanLine(y);
        for (int x = 0; x < rgba.width(); ++x, from += 4)
            to[x] = static_cast<std::uint8_t>(
                ((from[0] + from[1] + from[2]) * from[3] + 3 * 255 / 2) / (3 * 255));
    }
    return grey;
}

double mask_share(const QImage& grey) {
    if (grey.isNull()) return 0;
    std::int64_t sum = 0;
    for (int y = 0; y < grey.height(); ++y) {
        const std::uint8_t* row = grey.constScanLine(y);
        for (int x = 0; x < grey.width(); ++x) sum += row[x];
    }
    return static_cast<double>(sum) / (255.0 * grey.width() * grey.height());
}

}  // namespace pentimento::ui
