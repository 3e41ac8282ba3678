// Finding, checking and remembering the weights file.
#include "ui/pages/style/weights_chooser.h"

#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>

#include "core/style/style_run.h"
#include "ui/theme.h"

namespace pentimento::ui {

namespace {

const QString kSetting = QStringLiteral("style/weights");

QStringList offered(const std::vector<std::filesystem::path>& known) {
    QStringList files;
    const auto add = [&files](const QString& path) {
        if (QFileInfo(path).isFile() && !files.contains(path)) files << path;
    };
    const auto add_folder = [&add](const QString& folder) {
        for (const QFileInfo& file :
             QDir(folder).entryInfoList({QStringLiteral("*.safetensors")}, QDir::Files, QDir::Name))
            add(file.absoluteFilePath());
    };
    add(QSettings().value(kSetting).toString());
    const QString given = qEnvironmentVariable("PENTIMENTO_WEIGHTS");
    if (QFileInfo(given).isDir())
        add_folder(given);
    else if (!given.isEmpty())
        add(QFileInfo(given).absoluteFilePath());
    for (const auto& folder : known) add_folder(QString::fromStdString(folder.string()));
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

WeightsChooser::WeightsChooser(std::vector<std::filesystem::path> known, QWidget* parent)
    : QWidget(parent) {
    auto* title = new QLabel(tr("Feature network"));
    theme::set_role(title, "subheading");
    files_ = new QComboBox;
    files_->setAccessibleName(tr("Weights file of the feature network"));
    files_->setPlaceholderText(tr("No weights file"));
    files_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    files_->setMinimumContentsLength(12);
    auto* browse = new QToolButton;
    browse->setIcon(theme::icon(QStringLiteral("folder")));
    browse->setToolTip(tr("Choose a weights file…"));
    browse->setAccessibleName(tr("Choose a weights file"));
    connect(browse, &QToolButton::clicked, this, &WeightsChooser::browse);
    status_ = new QLabel;
    status_->setWordWrap(true);
    status_->setTextFormat(Qt::PlainText);
    status_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* row = new QHBoxLayout;
    row->addWidget(files_, 1);
    row->addWidget(browse);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(title);
    layout->addLayout(row);
    layout->addWidget(status_);
    for (const QString& path : offered(known)) {
        files_->addItem(QFileInfo(path).fileName(), path);
        files_->setItemData(files_->count() - 1, path, Qt::ToolTipRole);
    }
    connect(files_, &QComboBox::currentIndexChanged, this,
            [this] { identify(files_->currentData().toString()); });
    identify(files_->currentData().toString());
}

QString WeightsChooser::missing() const {
    if (!weights_.empty()) return {};
    if (identifier_.busy()) return tr("The weights file is being checked.");
    return problem_.isEmpty() ? tr("Choose a weights file for the feature network first.")
                              : problem_;
}

void WeightsChooser::choose(const QString& path) {
    if (path.isEmpty()) return;
    int index = files_->findData(path);
    if (index < 0) {
        files_->addItem(QFileInfo(path).fileName(), path);
        index = files_->count() - 1;
        files_->setItemData(index, path, Qt::ToolTipRole);
    }
    if (index == files_->currentIndex())
        identify(path);
    else
        files_->setCurrentIndex(index);
}

void WeightsChooser::browse() {
    const QString current = files_->currentData().toString();
    choose(QFileDialog::getOpenFileName(
        this, tr("Weights of a feature network"),
        current.isEmpty() ? QDir::homePath() : QFileInfo(current).path(),
        tr("Weights (*.safetensors);;All files (*)")));
}

void WeightsChooser::identify(const QString& path) {
    weights_.clear();
    network_.clear();
    problem_.clear();
    if (path.isEmpty()) {
        show_status(
            tr("The studio does not ship a feature network of its own yet: a weights file is "
               "needed before pictures can be blended.") +
                hints(),
            false);
        Q_EMIT changed();
        return;
    }
    show_status(tr("Checking…"), false);
    const std::filesystem::path file = QFile::encodeName(path).toStdString();
    identifier_.start([file] { return style::identify_weights(file); },
                      [this, file, path](const Result<std::string>& network) {
                          if (network) {
                              weights_ = file;
                              network_ = QString::fromStdString(*network);
                              QSettings().setValue(kSetting, path);
                              show_status(tr("%1 weights").arg(label_of(network_)), false);
                          } else {
                              problem_ = QString::fromStdString(network.error().message);
                              show_status(problem_ + hints(), true);
                          }
                          Q_EMIT changed();
                      });
    Q_EMIT changed();
}

void WeightsChooser::show_status(const QString& text, bool error) {
    theme::set_role(status_, error ? "error" : "muted");
    status_->setText(text);
}

void WeightsChooser::set_locked(const QString& reason) {
    setEnabled(reason.isEmpty());
    setToolTip(reason);
}

}  // namespace pentimento::ui
