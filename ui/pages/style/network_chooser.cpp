#include "ui/pages/style/network_chooser.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace pentimento::ui {

NetworkChooser::NetworkChooser(const Texts& texts, QWidget* parent) : QWidget(parent) {
    auto* title = new QLabel(texts.title);
    theme::set_role(title, "subheading");
    files_ = new QComboBox;
    files_->setAccessibleName(texts.list);
    files_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    files_->setMinimumContentsLength(12);
    auto* browse = new QToolButton;
    browse->setIcon(theme::icon(QStringLiteral("folder")));
    browse->setToolTip(texts.browse + QStringLiteral("…"));
    browse->setAccessibleName(texts.browse);
    connect(browse, &QToolButton::clicked, this, [this, texts] { this->browse(texts); });
    status_ = new QLabel;
    status_->setWordWrap(true);
    status_->setTextFormat(Qt::PlainText);
    row_ = new QHBoxLayout;
    row_->addWidget(files_, 1);
    row_->addWidget(browse);
    layout_ = new QVBoxLayout(this);
    layout_->setContentsMargins(0, 0, 0, 0);
    layout_->setSpacing(6);
    layout_->addWidget(title);
    layout_->addLayout(row_);
    layout_->addWidget(status_);
}

int NetworkChooser::offer(const QString& path) {
    if (const int known = files_->findData(path); known >= 0) return known;
    files_->addItem(title_of(path), path);
    const int index = files_->count() - 1;
    files_->setItemData(index, path, Qt::ToolTipRole);
    return index;
}

void NetworkChooser::choose(const QString& path) {
    if (path.isEmpty()) return;
    const int index = offer(path);
    if (index == files_->currentIndex())
        identify(path);
    else
        files_->setCurrentIndex(index);
}

void NetworkChooser::browse(const Texts& texts) {
    const QString current = files_->currentData().toString();
    choose(QFileDialog::getOpenFileName(
        this, texts.dialog, current.isEmpty() ? first_folder() : QFileInfo(current).path(),
        texts.filter));
}

void NetworkChooser::follow_choice() {
    connect(files_, &QComboBox::currentIndexChanged, this,
            [this] { identify(files_->currentData().toString()); });
    identify(files_->currentData().toString());
}

void NetworkChooser::show_status(const QString& text, bool error) {
    theme::set_role(status_, error ? "error" : "muted");
    status_->setText(text);
}

void NetworkChooser::set_locked(const QString& reason) {
    setEnabled(reason.isEmpty());
    setToolTip(reason);
}

}  // namespace pentimento::ui
