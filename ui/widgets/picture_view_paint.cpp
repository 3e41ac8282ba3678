// Painting of PictureView: picture, checkerboard, divider, empty state.
#include <QPainter>
#include <QPainterPath>
#include <cmath>

#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {

// Seen only through transparent parts of a picture. Neutral greys, the same in light and dark, so
// that they do not change how the picture's colours look.
QPixmap checkerboard() {
    constexpr int kCell = 8;
    QPixmap tile(2 * kCell, 2 * kCell);
    tile.fill(QColor(204, 204, 204));
    QPainter painter(&tile);
    const QColor dark(153, 153, 153);
    painter.fillRect(0, 0, kCell, kCell, dark);
    painter.fillRect(kCell, kCell, kCell, kCell, dark);
    return tile;
}

bool has_transparency(const Frame& frame) {
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t* row = frame.row(y);
        std::uint8_t all = 255;
        for (int x = 0; x < frame.width; ++x) all &= row[4 * x + 3];
        if (all != 255) return true;
    }
    return false;
}

void draw_label(QPainter& painter, const QString& text, QPointF corner, bool right) {
    QFont font = painter.font();
    font.setPointSizeF(font.pointSizeF() * 0.85);
    painter.setFont(font);
    const QSizeF size(painter.fontMetrics().horizontalAdvance(text) + 14,
                      painter.fontMetrics().height() + 6);
    const QRectF box(right ? corner.x() - size.width() : corner.x(), corner.y(), size.width(),
                     size.height());
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 150));
    painter.drawRoundedRect(box, size.height() / 2, size.height() / 2);
    painter.setPen(Qt::white);
    painter.drawText(box, Qt::AlignCenter, text);
}

}  // namespace

void PictureView::draw_picture(QPainter& painter, const Frame& frame, Cached& cache,
                               const QRectF& target) const {
    const double ratio = devicePixelRatioF();
    const QSize device = (target.size() * ratio).toSize();
    if (cache.whole.isNull()) {
        cache.whole = to_image(frame);
        // An opaque picture is drawn faster as one, and needs no checkerboard.
        if (!has_transparency(frame)) cache.whole.reinterpretAsFormat(QImage::Format_RGBX8888);
    }
    if (cache.whole.hasAlphaChannel()) {
        static const QPixmap tile = checkerboard();
        painter.drawTiledPixmap(target, tile, target.topLeft());
    }
    if (device.width() < frame.width && device.height() < frame.height) {
        // QPainter would skip pixels; scaled() averages them.
        if (cache.small.size() != device) {
            cache.small =
                cache.whole.scaled(device, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        }
        painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
        painter.drawImage(target, cache.small);
        return;
    }
    const double scale = device.width() / static_cast<double>(frame.width);
    const bool sharp = !smooth_ && (scale >= 2 || std::abs(scale - 1) < 1e-3);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, !sharp && scale < 8);
    painter.drawImage(target, cache.whole);
}

void PictureView::draw_empty(QPainter& painter) const {
    if (empty_title_.isEmpty()) return;
    const QRectF area = QRectF(rect()).adjusted(24, 12, -24, -12);
    QFont title_font = font();
    title_font.setPointSizeF(title_font.pointSizeF() * 1.3);
    title_font.setWeight(QFont::DemiBold);
    const int flags = Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap;
    const QRectF title = QFontMetricsF(title_font)
                             .boundingRect(QRectF(0, 0, area.width(), 1e4), flags, empty_title_);
    const QRectF hint =
        QFontMetricsF(font()).boundingRect(QRectF(0, 0, area.width(), 1e4), flags, empty_hint_);
    const double top = area.center().y() - (title.height() + 8 + hint.height()) / 2;
    painter.setFont(title_font);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRectF(area.left(), top, area.width(), title.height() + 2), flags,
                     empty_title_);
    painter.setFont(font());
    QColor muted = palette().color(QPalette::WindowText);
    muted.setAlphaF(0.7f);
    painter.setPen(muted);
    painter.drawText(QRectF(area.left(), top + title.height() + 8, area.width(), hint.height() + 2),
                     flags, empty_hint_);
}

void PictureView::draw_divider(QPainter& painter, const QRectF& target) const {
    const QRectF visible = target & QRectF(rect());
    const QPointF at = divider_position();
    painter.setRenderHint(QPainter::Antialiasing);
    if (at.x() >= visible.left() - 1 && at.x() <= visible.right() + 1) {
        painter.setPen(QPen(QColor(0, 0, 0, 110), 3));
        painter.drawLine(QPointF(at.x(), visible.top()), QPointF(at.x(), visible.bottom()));
        painter.setPen(QPen(Qt::white, 1.5));
        painter.drawLine(QPointF(at.x(), visible.top()), QPointF(at.x(), visible.bottom()));
        painter.setPen(QPen(QColor(0, 0, 0, 110), 1));
        painter.setBrush(Qt::white);
        painter.drawEllipse(at, 11, 11);
        // Two arrow heads: it moves sideways.
        QPainterPath arrows;
        for (const int side : {-1, 1}) {
            arrows.moveTo(at + QPointF(side * 3, -4));
            arrows.lineTo(at + QPointF(side * 7, 0));
            arrows.lineTo(at + QPointF(side * 3, 4));
        }
        painter.setPen(QPen(QColor(60, 60, 60), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(arrows);
    }
    draw_label(painter, tr("Before"), visible.topLeft() + QPointF(8, 8), false);
    draw_label(painter, tr("After"), visible.topRight() + QPointF(-8, 8), true);
}

void PictureView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    if (frame_.empty()) {
        draw_empty(painter);
    } else {
        const QRectF target = target_rect();
        if (!comparing()) {
            const bool before = before_shown_ == Before::Whole && has_both();
            if (before)
                draw_picture(painter, before_, before_image_, target);
            else
                draw_picture(painter, frame_, frame_image_, target);
            const QString caption = before ? tr("Before") : caption_;
            painter.setRenderHint(QPainter::Antialiasing);
            if (!caption.isEmpty())
                draw_label(painter, caption, (target & QRectF(rect())).topLeft() + QPointF(8, 8),
                           false);
        } else {
            const double x = divider_position().x();
            painter.save();
            painter.setClipRect(
                QRectF(target.left(), target.top(), x - target.left(), target.height()));
            draw_picture(painter, before_, before_image_, target);
            painter.setClipRect(QRectF(x, target.top(), target.right() - x, target.height()));
            draw_picture(painter, frame_, frame_image_, target);
            painter.restore();
            draw_divider(painter, target);
        }
    }
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(palette().color(QPalette::Highlight));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

}  // namespace pentimento::ui
