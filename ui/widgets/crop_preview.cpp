// Painting of the crop preview.
#include "ui/widgets/crop_preview.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/theme.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {
constexpr int kArrow = 28;   // between original and result
constexpr int kMargin = 12;  // around a pair
}  // namespace

CropPreview::CropPreview(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("How the pictures will be imported"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void CropPreview::set_pictures(const std::vector<Frame>& before, const std::vector<Frame>& after,
                               const QStringList& names) {
    pairs_.clear();
    message_.clear();
    stale_ = false;
    for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i)
        pairs_.push_back(
            {to_image(before[i]), to_image(after[i]), names.value(static_cast<qsizetype>(i))});
    setAccessibleDescription(tr("%n picture(s), before and after", nullptr, picture_count()));
    update();
}

void CropPreview::set_message(const QString& text) {
    pairs_.clear();
    message_ = text;
    setAccessibleDescription(text);
    update();
}

void CropPreview::set_stale(bool stale) {
    stale_ = stale;
    update();
}

void CropPreview::draw_pair(QPainter& painter, const Pair& pair, const QRect& cell) const {
    const int caption = fontMetrics().height() + 6;
    const int half = (cell.width() - kArrow) / 2;
    const QRect left(cell.left(), cell.top(), half, cell.height() - caption);
    const QRect right(cell.right() - half, cell.top(), half, cell.height() - caption);
    const auto draw = [&](const QImage& image, const QRect& area, bool towards_right) {
        QSize size = image.size().scaled(area.size(), Qt::KeepAspectRatio);
        QRect target(QPoint(), size);
        target.moveCenter(area.center());
        if (towards_right)
            target.moveRight(area.right());
        else
            target.moveLeft(area.left());
        const double ratio = devicePixelRatioF();
        const QSize device = (QSizeF(size) * ratio).toSize();
        if (device.width() < image.width()) {
            painter.drawImage(
                target, image.scaled(device, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
        } else {
            // The result's pixels are what training sees: show them as they are.
            painter.setRenderHint(QPainter::SmoothPixmapTransform,
                                  device.width() < 2 * image.width());
            painter.drawImage(target, image);
        }
    };
    draw(pair.before, left, true);
    draw(pair.after, right, false);
    painter.setPen(theme::colors().muted);
    painter.drawText(QRect(left.right(), left.top(), kArrow, left.height()), Qt::AlignCenter,
                     QStringLiteral("→"));
    const QString text = tr("%1 × %2 → %3 × %4")
                             .arg(pair.before.width())
                             .arg(pair.before.height())
                             .arg(pair.after.width())
                             .arg(pair.after.height());
    painter.drawText(QRect(cell.left(), cell.bottom() - caption + 2, cell.width(), caption),
                     Qt::AlignCenter,
                     fontMetrics().elidedText(pair.name.isEmpty() ? text : pair.name,
                                              Qt::ElideMiddle, cell.width()));
}

void CropPreview::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (pairs_.empty()) {
        painter.setPen(theme::colors().muted);
        painter.drawText(rect().adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap,
                         message_);
        return;
    }
    // As many columns as make the pairs largest.
    const int count = picture_count();
    int columns = 1;
    double best = 0;
    for (int candidate = 1; candidate <= count; ++candidate) {
        const int rows = (count + candidate - 1) / candidate;
        const double side = std::min((width() / static_cast<double>(candidate) - kArrow) / 2,
                                     height() / static_cast<double>(rows) - 24) -
                            kMargin;
        if (side > best) {
            best = side;
            columns = candidate;
        }
    }
    const int rows = (count + columns - 1) / columns;
    if (stale_) painter.setOpacity(0.5);
    for (int i = 0; i < count; ++i) {
        const int column = i % columns, row = i / columns;
        const QRect cell(width() * column / columns, height() * row / rows, width() / columns,
                         height() / rows);
        draw_pair(painter, pairs_[static_cast<std::size_t>(i)],
                  cell.adjusted(kMargin / 2, kMargin / 2, -kMargin / 2, -kMargin / 2));
    }
}

}  // namespace pentimento::ui
