// Lays out and paints a card.
#include "ui/widgets/sample_card.h"

#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/theme.h"

namespace pentimento::ui {

namespace {
constexpr int kPictureHeight = 168;
constexpr int kCorner = 11;
constexpr int kMosaicColumns = 8;
constexpr int kMosaicCell = 64;
}  // namespace

SampleCard::SampleCard(const QString& title, const QString& text, const QString& button,
                       QWidget* parent)
    : QFrame(parent),
      title_(new QLabel(title)),
      text_(new QLabel(text)),
      reason_(new QLabel),
      button_(new QPushButton(button)) {
    theme::set_role(this, "card");
    setMinimumWidth(220);
    setMaximumWidth(420);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, kPictureHeight + 14, 16, 16);
    column->setSpacing(8);
    theme::set_role(title_, "heading");
    theme::set_role(text_, "muted");
    theme::set_role(reason_, "error");
    theme::set_role(button_, "primary");
    for (QLabel* label : {title_, text_, reason_}) {
        label->setWordWrap(true);
        column->addWidget(label);
    }
    reason_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    reason_->hide();
    column->addStretch(1);
    column->addWidget(button_);
    button_->setAccessibleDescription(text);
    connect(button_, &QPushButton::clicked, this, &SampleCard::chosen);
    setCursor(Qt::PointingHandCursor);
}

QRect SampleCard::picture_area() const {
    return QRect(1, 1, width() - 2, kPictureHeight);
}

void SampleCard::set_picture(const QImage& picture) {
    picture_ = picture;
    update();
}

void SampleCard::set_pictures(const std::vector<QImage>& pictures) {
    if (pictures.empty()) return;
    const int rows = std::max(1, static_cast<int>(pictures.size()) / kMosaicColumns);
    QImage mosaic(kMosaicColumns * kMosaicCell, rows * kMosaicCell,
                  QImage::Format_ARGB32_Premultiplied);
    mosaic.fill(Qt::transparent);
    QPainter painter(&mosaic);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    for (int i = 0; i < rows * kMosaicColumns; ++i) {
        const QRect cell((i % kMosaicColumns) * kMosaicCell, (i / kMosaicColumns) * kMosaicCell,
                         kMosaicCell, kMosaicCell);
        painter.drawImage(cell, pictures[static_cast<std::size_t>(i) % pictures.size()]);
    }
    painter.end();
    set_picture(mosaic);
}

void SampleCard::set_unavailable(const QString& reason) {
    reason_->setText(reason);
    reason_->setVisible(!reason.isEmpty());
    button_->setEnabled(reason.isEmpty());
    button_->setToolTip(reason);
    if (reason.isEmpty())
        setCursor(Qt::PointingHandCursor);
    else
        unsetCursor();
}

bool SampleCard::available() const {
    return button_->isEnabled();
}

void SampleCard::paintEvent(QPaintEvent* event) {
    QFrame::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const QRect area = picture_area();
    QPainterPath shape;  // round above, straight below
    shape.addRoundedRect(QRectF(area).adjusted(0, 0, 0, kCorner), kCorner, kCorner);
    QPainterPath cut;
    cut.addRect(area);
    painter.setClipPath(shape.intersected(cut));
    painter.fillRect(area, theme::colors().raised);
    if (picture_.isNull()) return;
    if (!available()) painter.setOpacity(0.35);
    // Fills the area, cropping what sticks out.
    const QSizeF size = QSizeF(picture_.size()).scaled(area.size(), Qt::KeepAspectRatioByExpanding);
    painter.drawImage(QRectF(area.center().x() - size.width() / 2,
                             area.center().y() - size.height() / 2, size.width(), size.height()),
                      picture_);
}

void SampleCard::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && available() &&
        rect().contains(event->position().toPoint()))
        Q_EMIT chosen();
}

}  // namespace pentimento::ui
