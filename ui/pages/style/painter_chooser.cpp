// The list of painters, and what the chosen file says of itself.
#include "ui/pages/style/painter_chooser.h"

#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace pentimento::ui {

namespace {
const QString kSetting = QStringLiteral("style/painter");
}

PainterChooser::PainterChooser(std::filesystem::path folder, QWidget* parent)
    : QWidget(parent), folder_(std::move(folder)) {
    auto* title = new QLabel(tr("Painter"));
    theme::set_role(title, "subheading");
    files_ = new QComboBox;
    files_->setAccessibleName(tr("Trained painter"));
    files_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    files_->setMinimumContentsLength(12);
    files_->setPlaceholderText(tr("None yet"));
    auto* browse = new QToolButton;
    browse->setIcon(theme::icon(QStringLiteral("folder")));
    browse->setToolTip(tr("Choose a painter's file…"));
    browse->setAccessibleName(tr("Choose a painter's file"));
    connect(browse, &QToolButton::clicked, this, &PainterChooser::browse);
    status_ = new QLabel;
    status_->setWordWrap(true);
    status_->setTextFormat(Qt::PlainText);
    train_ = new QPushButton(tr("&Train a painter…"));
    train_->setIcon(theme::icon(QStringLiteral("train")));
    train_->setToolTip(tr("Teach a network the style of one picture, from pictures of your own"));
    connect(train_, &QPushButton::clicked, this, &PainterChooser::training_wanted);
    auto* row = new QHBoxLayout;
    row->addWidget(files_, 1);
    row->addWidget(browse);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(title);
    layout->addLayout(row);
    layout->addWidget(status_);
    layout->addWidget(train_);
    connect(files_, &QComboBox::currentIndexChanged, this,
            [this] { identify(files_->currentData().toString()); });
    refresh();
    identify(files_->currentData().toString());
}

void PainterChooser::refresh() {
    const QString before = files_->currentIndex() >= 0 ? files_->currentData().toString()
                                                       : QSettings().value(kSetting).toString();
    const QSignalBlocker block(files_);
    const auto add = [this](const QString& path) {
        if (!QFileInfo(path).isFile() || files_->findData(path) >= 0) return;
        files_->addItem(QFileInfo(path).completeBaseName(), path);
        files_->setItemData(files_->count() - 1, path, Qt::ToolTipRole);
    };
    const QDir dir(QString::fromStdString(folder_.string()));
    for (const QFileInfo& file :
         dir.entryInfoList({QStringLiteral("*.safetensors")}, QDir::Files, QDir::Time))
        add(file.absoluteFilePath());
    add(before);
    files_->setCurrentIndex(before.isEmpty() ? (files_->count() > 0 ? 0 : -1)
                                             : files_->findData(before));
}

QString PainterChooser::missing() const {
    if (!painter_.empty()) return {};
    if (identifier_.busy()) return tr("The painter's file is being checked.");
    return problem_.isEmpty() ? tr("Choose a painter's file first, or train one.") : problem_;
}

void PainterChooser::choose(const QString& path) {
    if (path.isEmpty()) return;
    int index = files_->findData(path);
    if (index < 0) {
        files_->addItem(QFileInfo(path).completeBaseName(), path);
        index = files_->count() - 1;
        files_->setItemData(index, path, Qt::ToolTipRole);
    }
    if (index == files_->currentIndex())
        identify(path);
    else
        files_->setCurrentIndex(index);
}

void PainterChooser::browse() {
    const QString current = files_->currentData().toString();
    choose(QFileDialog::getOpenFileName(
        this, tr("A trained painter"),
        current.isEmpty() ? QString::fromStdString(folder_.string()) : QFileInfo(current).path(),
        tr("Painters (*.safetensors);;All files (*)")));
}

void PainterChooser::identify(const QString& path) {
    painter_.clear();
    problem_.clear();
    if (path.isEmpty()) {
        identifier_.cancel();
        show_status(tr("A painter is a network that has learned one style and paints any picture "
                       "in it at once."),
                    false);
        Q_EMIT changed();
        return;
    }
    show_status(tr("Checking…"), false);
    const std::filesystem::path file = QFile::encodeName(path).toStdString();
    identifier_.start(
        [file] { return style::identify_painter(file); },
        [this, file, path](const Result<style::PainterInfo>& info) {
            if (info) {
                painter_ = file;
                QSettings().setValue(kSetting, path);
                const QLocale locale;
                const QString steps = tr("width %1, trained for %2 steps")
                                          .arg(locale.toString(qlonglong(info->width)),
                                               locale.toString(qlonglong(info->steps)));
                show_status(info->name.empty()
                                ? steps
                                : QString::fromStdString(info->name) + QStringLiteral(": ") + steps,
                            false);
            } else {
                problem_ = QString::fromStdString(info.error().message);
                show_status(problem_, true);
            }
            Q_EMIT changed();
        });
    Q_EMIT changed();
}

void PainterChooser::show_status(const QString& text, bool error) {
    theme::set_role(status_, error ? "error" : "muted");
    status_->setText(text);
}

void PainterChooser::set_locked(const QString& reason) {
    setEnabled(reason.isEmpty());
    setToolTip(reason);
}

}  // namespace pentimento::ui
