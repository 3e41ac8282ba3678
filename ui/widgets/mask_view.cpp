// Painting on the mask, and showing it. Only what has changed is drawn again.
#include "ui/widgets/mask_view.h"

#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QPainter>
#include <cmath>

namespace pentimento::ui {

namespace {
constexpr double kOpacity = 0.6;
}

MaskView::MaskView(QWidget* parent) : PictureView(parent), tint_(230, 30, 70) {
    setAccessibleName(tr("Mask on the content picture"));
    setCursor(Qt::CrossCursor);
}

void MaskView::set_picture(const Frame& frame, const QImage& mask) {
    set_frame(frame);
    canvas_ = MaskCanvas(MaskCanvas::size_for({frame.width, frame.height}));
    if (!mask.isNull()) {
        canvas_.replace(mask);
        canvas_.forget_edits();
    }
    overlay_ = QImage(canvas_.size(), QImage::Format_ARGB32_Premultiplied);
    show_changed(canvas_.image().rect());
}

void MaskView::edit(const std::function<QRect(MaskCanvas&)>& edit) {
    show_changed(edit(canvas_));
    Q_EMIT edited();
}

void MaskView::set_brush(const MaskCanvas::Brush& brush) {
    const QRect before = cursor_rect();
    brush_ = brush;
    update(before);
    update(cursor_rect());
}

void MaskView::set_tint(const QColor& tint) {
    tint_ = tint;
    show_changed(canvas_.image().rect());
}

QPointF MaskView::to_widget(QPointF mask) const {
    const QRectF target = target_rect();
    const QSize size = canvas_.size();
    return {target.left() + mask.x() * target.width() / size.width(),
            target.top() + mask.y() * target.height() / size.height()};
}

QPointF MaskView::to_mask(QPointF widget) const {
    const QRectF target = target_rect();
    if (target.isEmpty()) return {};
    const QSize size = canvas_.size();
    return {(widget.x() - target.left()) * size.width() / target.width(),
            (widget.y() - target.top()) * size.height() / target.height()};
}

void MaskView::show_changed(const QRect& mask_rect) {
    const QRect area = mask_rect & overlay_.rect();
    if (area.isEmpty()) return;
    QRgb tints[256];
    for (int grey = 0; grey < 256; ++grey)
        tints[grey] = qPremultiply(qRgba(tint_.red(), tint_.green(), tint_.blue(),
                                         static_cast<int>(std::lround(grey * kOpacity))));
    for (int y = area.top(); y <= area.bottom(); ++y) {
        const std::uint8_t* grey = canvas_.image().constScanLine(y);
        auto* row = reinterpret_cast<QRgb*>(overlay_.scanLine(y));
        for (int x = area.left(); x <= area.right(); ++x) row[x] = tints[grey[x]];
    }
    // Smoothing takes from neighbours.
    const QRectF shown(to_widget(area.topLeft()),
                       to_widget(QPointF(area.bottomRight()) + QPointF(1, 1)));
    const double margin = 2 + target_rect().width() / canvas_.size().width();
    update(shown.adjusted(-margin, -margin, margin, margin).toAlignedRect() & rect());
}

QRect MaskView::cursor_rect() const {
    if (!cursor_ || frame().empty()) return {};
    const double radius = brush_.diameter / 2 * target_rect().width() / canvas_.size().width() + 3;
    return QRectF(cursor_->x() - radius, cursor_->y() - radius, 2 * radius, 2 * radius)
        .toAlignedRect();
}

void MaskView::move_cursor(std::optional<QPointF> to) {
    update(cursor_rect());
    cursor_ = to;
    update(cursor_rect());
}

void MaskView::set_grabbing(bool on) {
    if (on == grabbing_) return;
    grabbing_ = on;
    setCursor(on ? Qt::OpenHandCursor : Qt::CrossCursor);
}

void MaskView::paintEvent(QPaintEvent* event) {
    PictureView::paintEvent(event);
    if (frame().empty()) return;
    QPainter painter(this);
    const QRectF target = target_rect();
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(target, overlay_);
    if (!cursor_ || grabbing_) return;
    // Dark and light rings, so that one is seen on any picture.
    const double radius = brush_.diameter / 2 * target.width() / canvas_.size().width();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 170), 3));
    painter.drawEllipse(*cursor_, radius, radius);
    painter.setPen(QPen(Qt::white, 1.2));
    painter.drawEllipse(*cursor_, radius, radius);
}

void MaskView::mousePressEvent(QMouseEvent* event) {
    const bool left = event->button() == Qt::LeftButton;
    if (frame().empty()) return event->ignore();
    if (event->button() == Qt::MiddleButton || (left && grabbing_)) {
        PictureView::mousePressEvent(event);
        return;
    }
    if ((!left && event->button() != Qt::RightButton) || canvas_.painting()) return event->ignore();
    MaskCanvas::Brush brush = brush_;
    if (!left) brush.erase = true;
    show_changed(canvas_.begin_stroke(to_mask(event->position()), brush));
}

void MaskView::mouseMoveEvent(QMouseEvent* event) {
    move_cursor(event->position());
    if (canvas_.painting()) return show_changed(canvas_.stroke_to(to_mask(event->position())));
    PictureView::mouseMoveEvent(event);
    if (event->buttons() == Qt::NoButton)
        setCursor(grabbing_ ? Qt::OpenHandCursor : Qt::CrossCursor);
}

void MaskView::mouseReleaseEvent(QMouseEvent* event) {
    if (canvas_.painting()) {
        // With both buttons down the stroke ends with the one that began it.
        if (event->buttons() != Qt::NoButton) return;
        canvas_.end_stroke();
        Q_EMIT edited();
        return;
    }
    PictureView::mouseReleaseEvent(event);
    setCursor(grabbing_ ? Qt::OpenHandCursor : Qt::CrossCursor);
}

// Two quick strokes, not a change of zoom.
void MaskView::mouseDoubleClickEvent(QMouseEvent* event) {
    mousePressEvent(event);
}

void MaskView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space) {
        if (!event->isAutoRepeat() && !canvas_.painting()) set_grabbing(true);
        return;
    }
    PictureView::keyPressEvent(event);
}

void MaskView::keyReleaseEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space) {
        if (!event->isAutoRepeat()) set_grabbing(false);
        return;
    }
    PictureView::keyReleaseEvent(event);
}

void MaskView::focusOutEvent(QFocusEvent* event) {
    set_grabbing(false);
    PictureView::focusOutEvent(event);
}

void MaskView::leaveEvent(QEvent* event) {
    move_cursor(std::nullopt);
    PictureView::leaveEvent(event);
}

void MaskView::contextMenuEvent(QContextMenuEvent* event) {
    if (event->reason() == QContextMenuEvent::Mouse) return event->accept();  // it erases
    PictureView::contextMenuEvent(event);
}

}  // namespace pentimento::ui
