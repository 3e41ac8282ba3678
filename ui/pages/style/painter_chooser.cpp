// The list of painters, and what the chosen file says of itself.
#include "ui/pages/style/painter_chooser.h"

#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/file_path.h"
#include "ui/preferences.h"
#include "ui/theme.h"

namespace pentimento::ui {

namespace {
const QString kSetting = QStringLiteral("style/painter");
}

PainterChooser::PainterChooser(std::filesystem::path folder, QWidget* parent)
    : NetworkChooser({tr("Painter"), tr("Trained painter"), tr("Choose a painter's file"),
                      tr("A trained painter"), tr("Painters (*.safetensors);;All files (*)")},
                     parent),
      folder_(std::move(folder)) {
    files_->setPlaceholderText(tr("None yet"));
    train_ = new QPushButton(tr("&Train a painter…"));
    train_->setIcon(theme::icon(QStringLiteral("train")));
    train_->setToolTip(tr("Teach a network the style of one picture, from pictures of your own"));
    connect(train_, &QPushButton::clicked, this, &PainterChooser::training_wanted);
    layout_->addWidget(train_);
    refresh();
    follow_choice();
}

QString PainterChooser::title_of(const QString& path) const {
    return QFileInfo(path).completeBaseName();
}

QString PainterChooser::first_folder() const {
    return QString::fromStdString(folder_.string());
}

void PainterChooser::refresh() {
    const QString before = files_->currentIndex() >= 0 ? files_->currentData().toString()
                                                       : preferences::value(kSetting).toString();
    const QSignalBlocker block(files_);
    for (const QFileInfo& file :
         QDir(first_folder())
             .entryInfoList({QStringLiteral("*.safetensors")}, QDir::Files, QDir::Time))
        offer(file.absoluteFilePath());
    if (QFileInfo(before).isFile()) offer(before);
    files_->setCurrentIndex(before.isEmpty() ? (files_->count() > 0 ? 0 : -1)
                                             : files_->findData(before));
}

QString PainterChooser::missing() const {
    if (!painter_.empty()) return {};
    if (identifier_.busy()) return tr("The painter's file is being checked.");
    return problem_.isEmpty() ? tr("Choose a painter's file first, or train one.") : problem_;
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
    const std::filesystem::path file = file_path(path);
    identifier_.start(
        [file] { return style::identify_painter(file); },
        [this, file, path](const Result<style::PainterInfo>& info) {
            if (info) {
                painter_ = file;
                preferences::set_value(kSetting, path);
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

}  // namespace pentimento::ui
