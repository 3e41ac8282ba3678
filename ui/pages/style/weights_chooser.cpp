// Finding, downloading, checking and remembering the weights file.
#include "ui/pages/style/weights_chooser.h"

#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <atomic>

#include "core/base/channels.h"
#include "core/base/text.h"
#include "core/style/style_run.h"
#include "ui/file_path.h"
#include "ui/preferences.h"
#include "ui/theme.h"

namespace pentimento::ui {

namespace {

const QString kSetting = QStringLiteral("style/weights");
const QString kBuiltin = QStringLiteral("builtin");

QStringList offered(const std::vector<std::filesystem::path>& known) {
    QStringList files;
    const auto add = [&files](const QString& path) {
        if (QFileInfo(path).isFile() && !files.contains(path)) files << path;
    };
    const auto add_folder = [&add](const QString& folder) {
        for (const QFileInfo& file :
             QDir(folder).entryInfoList({QStringLiteral("*.safetensors"), QStringLiteral("*.pth")},
                                        QDir::Files, QDir::Name))
            add(file.absoluteFilePath());
    };
    add(preferences::value(kSetting).toString());
    const QString given = qEnvironmentVariable("PENTIMENTO_WEIGHTS");
    if (QFileInfo(given).isDir())
        add_folder(given);
    else if (!given.isEmpty())
        add(QFileInfo(given).absoluteFilePath());
    for (const auto& folder : known) add_folder(QString::fromStdString(folder.string()));
    // Half a download is no file yet: only what is complete is offered.
    for (const auto& weights : published_weights())
        if (const auto file = cached_weights(weights, weights_cache()))
            add(QString::fromStdString(file->string()));
    return files;
}

QString label_of(const QString& id) {
    for (const auto& entry : style::features())
        if (QString::fromStdString(entry.id) == id) return QString::fromStdString(entry.label);
    return id;
}

QString hints() {
    QString text;
    for (const auto& entry : style::features())
        if (!entry.weights_hint.empty())
            text += QStringLiteral("\n• ") + QString::fromStdString(entry.label) +
                    QStringLiteral(": ") + QString::fromStdString(entry.weights_hint);
    return text;
}

}  // namespace

struct WeightsChooser::Transfer {
    LatestSlot<DownloadProgress> progress;
    std::atomic<bool> wanted{true};
};

WeightsChooser::WeightsChooser(std::vector<std::filesystem::path> known, QWidget* parent)
    : NetworkChooser({tr("Feature network"), tr("Weights file of the feature network"),
                      tr("Choose a weights file"), tr("Weights of a feature network"),
                      tr("Weights (*.safetensors *.pth);;All files (*)")},
                     parent) {
    status_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    download_ = new QToolButton;
    download_->setText(tr("Download"));
    download_->setPopupMode(QToolButton::InstantPopup);
    download_->setToolTip(tr("Get the published weights of a feature network, once"));
    auto* menu = new QMenu(download_);
    connect(menu, &QMenu::aboutToShow, this, &WeightsChooser::fill_download_menu);
    download_->setMenu(menu);
    progress_ = new QProgressBar;
    progress_->setAccessibleName(tr("Progress of the download"));
    progress_->setTextVisible(false);
    progress_->setRange(0, 1000);
    auto* cancel = new QToolButton;
    cancel->setText(tr("Cancel"));
    cancel->setToolTip(tr("Stop the download; the next one goes on from there"));
    connect(cancel, &QToolButton::clicked, this, &WeightsChooser::cancel_download);
    progress_text_ = new QLabel;
    progress_text_->setWordWrap(true);
    theme::set_role(progress_text_, "muted");
    progress_row_ = new QWidget;
    auto* progress_layout = new QVBoxLayout(progress_row_);
    progress_layout->setContentsMargins(0, 0, 0, 0);
    auto* bar = new QHBoxLayout;
    bar->addWidget(progress_, 1);
    bar->addWidget(cancel);
    progress_layout->addLayout(bar);
    progress_layout->addWidget(progress_text_);
    progress_row_->hide();
    poll_.setInterval(100);
    connect(&poll_, &QTimer::timeout, this, &WeightsChooser::show_progress);
    row_->addWidget(download_);
    layout_->insertWidget(layout_->indexOf(status_), progress_row_);
    files_->addItem(tr("Built in"), QString());
    for (const QString& path : offered(known)) offer(path);
    // What was used last, else what is there at once.
    const QString last = preferences::value(kSetting).toString();
    files_->setCurrentIndex(last.isEmpty() ? 0 : std::max(0, files_->findData(last)));
    follow_choice();
}

QString WeightsChooser::title_of(const QString& path) const {
    return QFileInfo(path).fileName();
}

QString WeightsChooser::first_folder() const {
    return QDir::homePath();
}

WeightsChooser::~WeightsChooser() {
    cancel_download();
}

void WeightsChooser::fill_download_menu() {
    QMenu* menu = download_->menu();
    menu->clear();
    for (const auto& weights : published_weights()) {
        const auto list = style::features();
        if (std::none_of(list.begin(), list.end(),
                         [&](const auto& entry) { return entry.id == weights.features; }))
            continue;
        QAction* action =
            menu->addAction(tr("%1 (%2)").arg(QString::fromStdString(weights.label),
                                              QString::fromStdString(format_bytes(weights.bytes))),
                            this, [this, weights] { download(weights); });
        const bool here = cached_weights(weights, weights_cache()).has_value();
        action->setEnabled(!here && !downloading());
        if (here) action->setText(tr("%1 (downloaded)").arg(QString::fromStdString(weights.label)));
    }
}

void WeightsChooser::download(const PublishedWeights& weights, const std::string& from) {
    if (downloading()) return;
    transfer_ = std::make_shared<Transfer>();
    progress_row_->show();
    progress_->setValue(0);
    progress_text_->setText(tr("Connecting…"));
    download_->setEnabled(false);
    poll_.start();
    downloader_.start(
        [weights, from, transfer = transfer_] {
            return fetch_weights(
                weights, weights_cache(),
                [&](const DownloadProgress& progress) {
                    transfer->progress.put(progress);
                    return transfer->wanted.load();
                },
                from);
        },
        [this](const Result<std::filesystem::path>& path) { downloaded(path); });
}

void WeightsChooser::cancel_download() {
    if (transfer_) transfer_->wanted = false;
}

void WeightsChooser::show_progress() {
    const auto progress = transfer_ ? transfer_->progress.take() : std::nullopt;
    if (!progress || progress->total == 0) return;
    progress_->setValue(static_cast<int>(1000 * progress->done / progress->total));
    if (progress->phase == DownloadProgress::Phase::Checking) {
        progress_text_->setText(tr("Checking that it is the published file…"));
        return;
    }
    QString text = tr("%1 of %2")
                       .arg(QString::fromStdString(format_bytes(progress->done)),
                            QString::fromStdString(format_bytes(progress->total)));
    if (progress->bytes_per_second > 0)
        text += tr(", %1 left")
                    .arg(QString::fromStdString(
                        format_duration(static_cast<double>(progress->total - progress->done) /
                                        progress->bytes_per_second)));
    progress_text_->setText(text);
}

void WeightsChooser::downloaded(const Result<std::filesystem::path>& path) {
    poll_.stop();
    progress_row_->hide();
    download_->setEnabled(true);
    transfer_.reset();
    if (path)
        choose(QString::fromStdString(path->string()));
    else
        show_status(QString::fromStdString(path.error().message),
                    path.error().code != ErrorCode::Cancelled);
}

QString WeightsChooser::missing() const {
    if (!weights_.empty() || network_ == kBuiltin) return {};
    if (identifier_.busy()) return tr("The weights file is being checked.");
    return problem_.isEmpty() ? tr("Choose a weights file for the feature network first.")
                              : problem_;
}

void WeightsChooser::identify(const QString& path) {
    weights_.clear();
    network_.clear();
    problem_.clear();
    if (path.isEmpty()) {
        identifier_.cancel();
        network_ = kBuiltin;
        preferences::remove(kSetting);
        show_status(tr("Pentimento's own network: small and fast. Others paint with richer "
                       "strokes; their weights can be downloaded or chosen here."),
                    false);
        Q_EMIT changed();
        return;
    }
    show_status(tr("Checking…"), false);
    const std::filesystem::path file = file_path(path);
    identifier_.start([file] { return style::identify_weights(file); },
                      [this, file, path](const Result<std::string>& network) {
                          if (network) {
                              weights_ = file;
                              network_ = QString::fromStdString(*network);
                              preferences::set_value(kSetting, path);
                              show_status(tr("%1 weights").arg(label_of(network_)), false);
                          } else {
                              problem_ = QString::fromStdString(network.error().message);
                              show_status(problem_ + hints(), true);
                          }
                          Q_EMIT changed();
                      });
    Q_EMIT changed();
}

}  // namespace pentimento::ui
