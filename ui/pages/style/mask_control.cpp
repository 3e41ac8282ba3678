// The mask's button, its thumbnail and its removal.
#include "ui/pages/style/mask_control.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>
#include <cmath>

#include "ui/dialogs/mask_dialog.h"
#include "ui/theme.h"
#include "ui/widgets/mask_file.h"

namespace pentimento::ui {

namespace {
constexpr int kThumbnail = 30;

// With a frame, since a mask is mostly black and so is a dark theme.
QPixmap thumbnail(const QImage& mask) {
    QPixmap small = QPixmap::fromImage(
        mask.scaled(kThumbnail, kThumbnail, Qt::KeepAspectRatio, Qt::SmoothTransformation));
    QPainter painter(&small);
    painter.setPen(theme::colors().muted);
    painter.drawRect(small.rect().adjusted(0, 0, -1, -1));
    return small;
}

}  // namespace

MaskControl::MaskControl(std::filesystem::path inputs, QWidget* parent)
    : QWidget(parent), inputs_(std::move(inputs)) {
    edit_ = new QToolButton;
    edit_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    theme::set_role(edit_, "tool");
    remove_ = new QToolButton;
    remove_->setText(QStringLiteral("✕"));
    remove_->setAutoRaise(true);
    remove_->setAccessibleName(tr("Remove the mask"));
    connect(edit_, &QToolButton::clicked, this, &MaskControl::paint);
    connect(remove_, &QToolButton::clicked, this, [this] { set_mask(std::nullopt); });
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addWidget(edit_);
    layout->addWidget(remove_);
    layout->addStretch(1);
    connect(&theme::Notifier::instance(), &theme::Notifier::changed, this,
            &MaskControl::update_texts);
    update_texts();
}

void MaskControl::set_mask(std::optional<StyleMask> mask) {
    writer_.cancel();
    const bool other = mask.has_value() || mask_.has_value();
    mask_ = std::move(mask);
    update_texts();
    if (other) Q_EMIT changed();
}

void MaskControl::keep(const QImage& grey) {
    writer_.start([grey, inputs = inputs_] { return keep_mask(grey, inputs); },
                  [this, grey](const Result<std::filesystem::path>& path) {
                      if (!path) {
                          Q_EMIT failed(QString::fromStdString(path.error().message));
                          Q_EMIT changed();
                          return;
                      }
                      dialog_.clear();
                      set_mask(StyleMask{grey, QString::fromStdString(path->string())});
                  });
    Q_EMIT changed();
}

QImage MaskControl::shown() const {
    if (dialog_) return dialog_->mask();
    return mask_ ? mask_->image : QImage();
}

void MaskControl::show_result(const Frame& result) {
    if (dialog_) dialog_->show_result(result);
}

void MaskControl::set_content(const std::optional<WellPicture>& content) {
    content_ = content;
    update_texts();
}

void MaskControl::set_locked(const QString& reason) {
    locked_ = reason;
    update_texts();
}

MaskDialog* MaskControl::paint() {
    if (!content_ || !locked_.isEmpty()) return nullptr;
    auto* dialog =
        new MaskDialog(content_->frame, style_name_, mask_ ? mask_->image : QImage(), window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { keep(dialog->mask()); });
    connect(dialog, &MaskDialog::painted, this, &MaskControl::painted);
    connect(dialog, &QDialog::rejected, this, [this] {
        dialog_.clear();
        Q_EMIT painted();
    });
    dialog_ = dialog;
    dialog->open();
    Q_EMIT painted();
    return dialog;
}

void MaskControl::update_texts() {
    remove_->setVisible(mask_.has_value());
    remove_->setEnabled(locked_.isEmpty());
    remove_->setToolTip(locked_.isEmpty() ? tr("Remove the mask: the style counts everywhere again")
                                          : locked_);
    edit_->setEnabled(content_ && locked_.isEmpty());
    QString tip;
    if (!mask_) {
        edit_->setText(tr("Mask…"));
        edit_->setIcon(theme::icon(QStringLiteral("mask")));
        edit_->setIconSize({16, 16});
        tip =
            tr("Paint where in the content this style counts; without a mask it counts "
               "everywhere, or where the masks of the others leave room.");
    } else {
        const int percent =
            std::max(1, static_cast<int>(std::lround(100 * mask_share(mask_->image))));
        edit_->setText(tr("Mask: %1 %").arg(percent));
        const QPixmap small = thumbnail(mask_->image);
        // The picture itself also while it cannot be changed.
        QIcon icon(small);
        icon.addPixmap(small, QIcon::Disabled);
        edit_->setIcon(icon);
        edit_->setIconSize(small.size());
        tip = tr("The style counts where the mask is white. Click to change it.");
    }
    if (!content_) tip = tr("Put a content picture into its well first: masks are painted on it.");
    if (!locked_.isEmpty()) tip = locked_;
    edit_->setToolTip(tip);
}

}  // namespace pentimento::ui
