// Geometry and input of PictureView; painting is in picture_view_paint.cpp.
#include "ui/widgets/picture_view.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMetaMethod>
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace pentimento::ui {

namespace {
constexpr double kMinZoom = 1.0 / 32, kMaxZoom = 64;
constexpr double kKeyZoom = 1.25;
constexpr double kGrab = 9;  // widget pixels either side of the divider that take hold of it
}  // namespace

PictureView::PictureView(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Picture"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void PictureView::set_frame(const Frame& frame) {
    const bool same_size = frame.width == frame_.width && frame.height == frame_.height;
    frame_ = frame;
    frame_image_ = {};
    if (!same_size) {
        zoom_ = 0;
        offset_ = {};
        Q_EMIT moved();
    }
    setAccessibleDescription(
        frame_.empty() ? empty_title_ : tr("%1 by %2 pixels").arg(frame_.width).arg(frame_.height));
    update();
}

void PictureView::set_before(const Frame& frame) {
    before_ = frame;
    before_image_ = {};
    update();
}

void PictureView::set_before_shown(Before how) {
    before_shown_ = how;
    update();
}

void PictureView::set_caption(const QString& caption) {
    caption_ = caption;
    update();
}

void PictureView::set_empty_text(const QString& title, const QString& hint) {
    empty_title_ = title;
    empty_hint_ = hint;
    update();
}

void PictureView::set_smooth(bool smooth) {
    smooth_ = smooth;
    update();
}

double PictureView::fit_zoom() const {
    const double across = width() * devicePixelRatioF() / frame_.width;
    const double down = height() * devicePixelRatioF() / frame_.height;
    const double zoom = std::min(across, down);
    // Whole factors keep every pixel of a small sample equally large. Below 2 a whole factor would
    // leave up to three quarters of the view empty.
    return !smooth_ && zoom >= 2 ? std::floor(zoom) : zoom;
}

double PictureView::zoom() const {
    if (frame_.empty()) return 0;
    return fits() ? fit_zoom() : zoom_;
}

QRectF PictureView::target_rect() const {
    if (frame_.empty()) return {};
    const double ratio = devicePixelRatioF(), scale = zoom() / ratio;
    const QSizeF size(frame_.width * scale, frame_.height * scale);
    const QPointF corner =
        QRectF(rect()).center() + offset_ - QPointF(size.width(), size.height()) / 2;
    // On whole device pixels, or edges would be blurred.
    return {std::round(corner.x() * ratio) / ratio, std::round(corner.y() * ratio) / ratio,
            size.width(), size.height()};
}

void PictureView::clamp_offset() {
    const QSizeF size = target_rect().size();
    const double x = std::max(0.0, (size.width() - width()) / 2);
    const double y = std::max(0.0, (size.height() - height()) / 2);
    offset_ = {std::clamp(offset_.x(), -x, x), std::clamp(offset_.y(), -y, y)};
}

void PictureView::set_zoom(double zoom, QPointF anchor) {
    if (frame_.empty()) return;
    if (zoom <= 0) {
        zoom_ = 0;
        offset_ = {};
    } else {
        const double before = this->zoom();
        zoom_ = std::clamp(zoom, kMinZoom, kMaxZoom);
        const QPointF from_centre = anchor - QRectF(rect()).center();
        offset_ = from_centre - (from_centre - offset_) * (zoom_ / before);
        clamp_offset();
    }
    update();
    Q_EMIT moved();
}

void PictureView::toggle_fit(QPointF anchor) {
    set_zoom(fits() ? 1 : 0, anchor);
}

void PictureView::pan(QPointF by) {
    if (frame_.empty()) return;
    offset_ += by;
    clamp_offset();
    update();
    Q_EMIT moved();
}

void PictureView::follow(const PictureView& other) {
    if (frame_.empty() || other.frame_.empty()) return;
    zoom_ = other.fits() ? 0 : other.zoom_ * other.frame_.width / frame_.width;
    offset_ = other.offset_;
    clamp_offset();
    update();
}

void PictureView::set_divider(double fraction) {
    divider_ = std::clamp(fraction, 0.0, 1.0);
    update();
}

QPointF PictureView::divider_position() const {
    const QRectF target = target_rect();
    const QRectF visible = target & QRectF(rect());
    return {target.left() + divider_ * target.width(), visible.center().y()};
}

bool PictureView::on_divider(QPointF position) const {
    return comparing() && std::abs(position.x() - divider_position().x()) <= kGrab;
}

void PictureView::update_cursor(QPointF position) {
    const QRectF target = target_rect();
    const bool pannable = target.width() > width() + 0.5 || target.height() > height() + 0.5;
    if (drag_ == Drag::Divider || (drag_ == Drag::None && on_divider(position))) {
        setCursor(Qt::SplitHCursor);
    } else if (drag_ == Drag::Pan) {
        setCursor(Qt::ClosedHandCursor);
    } else if (pannable) {
        setCursor(Qt::OpenHandCursor);
    } else {
        unsetCursor();
    }
}

void PictureView::copy_to_clipboard() const {
    // The clipboard outlives the run: give it pixels of its own.
    if (!frame_.empty()) QApplication::clipboard()->setImage(to_image(frame_).copy());
}

bool PictureView::event(QEvent* event) {
    if (event->type() == QEvent::NativeGesture && !frame_.empty()) {
        auto* gesture = static_cast<QNativeGestureEvent*>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            set_zoom(zoom() * (1 + gesture->value()), gesture->position());
            return true;
        }
    }
    return QWidget::event(event);
}

void PictureView::resizeEvent(QResizeEvent*) {
    clamp_offset();
}

void PictureView::wheelEvent(QWheelEvent* event) {
    if (frame_.empty()) return event->ignore();
    const double notches = event->angleDelta().y() / 120.0;
    if (notches != 0) set_zoom(zoom() * std::pow(kKeyZoom, notches), event->position());
    event->accept();
}

void PictureView::mousePressEvent(QMouseEvent* event) {
    if (frame_.empty() ||
        (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton))
        return event->ignore();
    const bool divider = event->button() == Qt::LeftButton && on_divider(event->position());
    drag_ = divider ? Drag::Divider : Drag::Pan;
    drag_from_ = event->position();
    update_cursor(event->position());
}

void PictureView::mouseMoveEvent(QMouseEvent* event) {
    if (drag_ == Drag::Divider) {
        const QRectF target = target_rect();
        set_divider((event->position().x() - target.left()) / target.width());
    } else if (drag_ == Drag::Pan) {
        pan(event->position() - drag_from_);
        drag_from_ = event->position();
    }
    update_cursor(event->position());
}

void PictureView::mouseReleaseEvent(QMouseEvent* event) {
    drag_ = Drag::None;
    update_cursor(event->position());
}

void PictureView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && !on_divider(event->position()))
        toggle_fit(event->position());
}

void PictureView::keyPressEvent(QKeyEvent* event) {
    if (frame_.empty()) return QWidget::keyPressEvent(event);
    const QRectF target = target_rect();
    const bool wide = target.width() > width() + 0.5, tall = target.height() > height() + 0.5;
    constexpr double kPan = 40;
    switch (event->key()) {
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return set_zoom(zoom() * kKeyZoom);
        case Qt::Key_Minus:
            return set_zoom(zoom() / kKeyZoom);
        case Qt::Key_0:
            return set_zoom(0);
        case Qt::Key_1:
            return set_zoom(1);
        case Qt::Key_Left:
            if (wide) return pan({kPan, 0});
            if (comparing()) return set_divider(divider_ - 0.02);
            break;
        case Qt::Key_Right:
            if (wide) return pan({-kPan, 0});
            if (comparing()) return set_divider(divider_ + 0.02);
            break;
        case Qt::Key_Up:
            if (tall) return pan({0, kPan});
            break;
        case Qt::Key_Down:
            if (tall) return pan({0, -kPan});
            break;
        default:
            break;
    }
    if (event->matches(QKeySequence::Copy)) return copy_to_clipboard();
    QWidget::keyPressEvent(event);
}

void PictureView::contextMenuEvent(QContextMenuEvent* event) {
    if (frame_.empty()) return event->ignore();
    const QPointF at = event->pos();
    QMenu menu(this);
    menu.addAction(tr("&Copy picture"), QKeySequence(QKeySequence::Copy), this,
                   &PictureView::copy_to_clipboard);
    if (isSignalConnected(QMetaMethod::fromSignal(&PictureView::export_requested)))
        menu.addAction(tr("&Export…"), this, &PictureView::export_requested);
    menu.addSeparator();
    QAction* fit =
        menu.addAction(tr("&Fit"), QKeySequence(Qt::Key_0), this, [=, this] { set_zoom(0, at); });
    fit->setCheckable(true);
    fit->setChecked(fits());
    for (const int percent : {100, 200, 400}) {
        QAction* action = menu.addAction(tr("%1 %").arg(percent), this,
                                         [=, this] { set_zoom(percent / 100.0, at); });
        action->setCheckable(true);
        action->setChecked(!fits() && std::abs(zoom_ - percent / 100.0) < 1e-6);
    }
    menu.addAction(tr("Zoom &in"), QKeySequence(Qt::Key_Plus), this,
                   [=, this] { set_zoom(zoom() * kKeyZoom, at); });
    menu.addAction(tr("Zoom &out"), QKeySequence(Qt::Key_Minus), this,
                   [=, this] { set_zoom(zoom() / kKeyZoom, at); });
    if (comparing()) {
        menu.addSeparator();
        menu.addAction(tr("Divider to the &middle"), this, [this] { set_divider(0.5); });
    }
    menu.exec(event->globalPos());
}

}  // namespace pentimento::ui
