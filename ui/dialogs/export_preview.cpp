// Painting and clicks of the export preview.
#include "ui/dialogs/export_preview.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

ExportPreview::ExportPreview(const Frame& frame, int columns, int rows, QWidget* parent)
    : QWidget(parent), frame_(frame), columns_(std::max(1, columns)), rows_(std::max(1, rows)) {
    setMinimumSize(180, 180);
    setAccessibleName(tr("The picture to export"));
    if (columns_ * rows_ > 1) setToolTip(tr("Click a cell to export only that one"));
}

void ExportPreview::set_cell(std::optional<int> cell) {
    cell_ = cell;
    update();
}

QRectF ExportPreview::target() const {
    const QSizeF size =
        QSizeF(frame_.width, frame_.height).scaled(this->size(), Qt::KeepAspectRatio);
    return {(width() - size.width()) / 2, (height() - size.height()) / 2, size.width(),
            size.height()};
}

QRectF ExportPreview::cell_rect(int cell) const {
    const QRectF whole = target();
    const double w = whole.width() / columns_, h = whole.height() / rows_;
    return {whole.left() + cell % columns_ * w, whole.top() + cell / columns_ * h, w, h};
}

void ExportPreview::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    if (frame_.empty()) return;
    const QSize device = (target().size() * devicePixelRatioF()).toSize();
    if (scaled_.size() != device)
        scaled_ = QPixmap::fromImage(
            to_image(frame_).scaled(device, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
    painter.drawPixmap(target(), scaled_, QRectF(QPointF(), QSizeF(scaled_.size())));
    if (!cell_) return;
    const QRectF cell = cell_rect(*cell_);
    QRegion others(target().toAlignedRect());
    others -= cell.toRect();
    painter.setClipRegion(others);
    QColor veil = palette().color(QPalette::Base);
    veil.setAlphaF(0.6f);
    painter.fillRect(rect(), veil);
    painter.setClipping(false);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.drawRect(cell);
}

void ExportPreview::mousePressEvent(QMouseEvent* event) {
    for (int cell = 0; cell < columns_ * rows_; ++cell)
        if (cell_rect(cell).contains(event->position())) Q_EMIT cell_clicked(cell);
}

}  // namespace pentimento::ui
