// The Dataset page's flow: source → settings and preview → import → contents.
#include "ui/pages/dataset_page.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

#include "core/base/text.h"
#include "core/gan/gan_run.h"
#include "ui/file_path.h"
#include "ui/pages/dataset/contents_view.h"
#include "ui/pages/dataset/import_view.h"
#include "ui/preferences.h"
#include "ui/theme.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/source_drop.h"

namespace pentimento::ui {

namespace {

constexpr int kTrainLater = 50;  // ms
const QString kFolderKey = QStringLiteral("datasets/folder");

// A preset made for 28 px grey pictures shall find a dataset of 28 px grey pictures.
void fit_to_preset(ParamSet& params, const QString& id) {
    for (const Preset& preset : gan::presets()) {
        if (QString::fromStdString(preset.id) != id) continue;
        for (const auto& [key, value] : preset.settings) {
            if ((key == "size" || key == "channels") && params.schema().find(key)) {
                // What an import cannot do, training will say.
                (void)params.set_text(key, value);
            }
        }
    }
}

}  // namespace

DatasetPage::DatasetPage(StudioContext& context, QWidget* parent) : Page(context, parent) {
    setAcceptDrops(true);
    auto* heading = new QLabel(tr("Dataset"));
    theme::set_role(heading, "title");
    subtitle_ = new QLabel;
    theme::set_role(subtitle_, "muted");
    settings_ = new QPushButton(tr("Import &settings…"));
    settings_->setToolTip(tr("Import the same source again with other settings"));
    other_ = new QPushButton(tr("&Other dataset…"));
    other_->setToolTip(tr("Choose another source of pictures"));
    connect(other_, &QPushButton::clicked, this, &DatasetPage::show_start);
    auto* header = new QHBoxLayout;
    header->setSpacing(12);
    header->addWidget(heading);
    header->addWidget(subtitle_, 1, Qt::AlignBottom);
    header->addWidget(settings_);
    header->addWidget(other_);
    banner_ = new QLabel;
    banner_->setWordWrap(true);
    banner_->setTextFormat(Qt::PlainText);
    banner_->hide();

    stack_ = new QStackedWidget(this);
    start_ = new SourceDrop(stack_);
    import_ = new ImportView(context.workspace().packs(), &context.undo_stack(), stack_);
    contents_ = new ContentsView(stack_);
    stack_->addWidget(start_);
    stack_->addWidget(import_);
    stack_->addWidget(contents_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 20);
    layout->setSpacing(12);
    layout->addLayout(header);
    layout->addWidget(banner_);
    layout->addWidget(stack_, 1);

    connect(settings_, &QPushButton::clicked, this, [this] {
        stack_->setCurrentWidget(import_);
        update_header();
    });
    connect(start_, &SourceDrop::folder_wanted, this, &DatasetPage::choose_folder);
    connect(start_, &SourceDrop::archive_wanted, this, &DatasetPage::choose_archive);
    connect(start_, &SourceDrop::source_chosen, this, &DatasetPage::choose_source);
    connect(import_, &ImportView::imported, this, &DatasetPage::open_pack);
    connect(import_, &ImportView::failed, this, [this](const QString& message) {
        wish_ = {};
        show_banner(message, true);
    });
    connect(import_, &ImportView::cancelled, this, [this] {
        wish_ = {};
        show_banner(tr("The import was cancelled; nothing was kept."), false);
    });
    connect(contents_, &ContentsView::train_wanted, this,
            [this] { Q_EMIT context_.page_requested(QStringLiteral("train")); });
    connect(&context, &StudioContext::import_requested, this, &DatasetPage::import_source);
    connect(&context, &StudioContext::dataset_changed, this, [this] {
        if (!opening_) show_dataset();
    });
    show_dataset();
}

QString DatasetPage::banner() const {
    return banner_->text();
}

void DatasetPage::activated() {
    start_->refresh_recent();
}

void DatasetPage::shut_down() {
    guesser_.cancel();
    import_->shut_down();
}

void DatasetPage::show_banner(const QString& text, bool error) {
    theme::set_role(banner_, error ? "error" : "muted");
    banner_->setText(text);
    banner_->setVisible(!text.isEmpty());
}

void DatasetPage::choose_source(const QString& source) {
    guess(source, {});
}

void DatasetPage::import_source(const QString& source, bool train, const QString& preset) {
    guess(source, {true, train, preset});
}

void DatasetPage::guess(const QString& source, const Wish& wish) {
    if (import_->importing())
        return show_banner(tr("An import is going on: wait for it or cancel it first."), true);
    wish_ = wish;
    show_banner(tr("Looking at %1…").arg(source), false);
    guesser_.start([source] { return guess_source(source.toStdString()); },
                   [this](const Result<SourceGuess>& guess) {
                       if (!guess) {
                           wish_ = {};
                           return show_banner(QString::fromStdString(guess.error().message), true);
                       }
                       show_banner({}, false);
                       source_known(*guess);
                   });
}

void DatasetPage::source_known(const SourceGuess& guess) {
    if (guess.kind == "pack") {
        open_pack(QString::fromStdString(guess.source), true);
        return;
    }
    if (wish_.import && !wish_.preset.isEmpty()) {
        ParamSet params(import_schema());
        fit_to_preset(params, wish_.preset);
        import_->panel().set_params(params);
    }
    import_->set_source(guess);
    stack_->setCurrentWidget(import_);
    update_header();
    if (wish_.import) import_->import();
}

bool DatasetPage::open_pack(const QString& pack, bool from_cache) {
    auto dataset = PackedDataset::open(file_path(pack));
    if (!dataset) {
        wish_ = {};
        show_banner(QString::fromStdString(dataset.error().message), true);
        return false;
    }
    const PackInfo& info = dataset->info();
    const QString name =
        info.name.empty() ? QFileInfo(pack).completeBaseName() : QString::fromStdString(info.name);
    remember_dataset({tr("%1 · %2 pictures, %3 px")
                          .arg(name, QString::fromStdString(format_count(info.count)))
                          .arg(info.width),
                      pack});
    opening_ = true;
    context_.set_dataset(*dataset);
    opening_ = false;
    show_dataset();
    Q_EMIT context_.message(from_cache ? tr("Opened %1.").arg(name) : tr("Imported %1.").arg(name),
                            false);
    Q_EMIT dataset_opened(pack, from_cache);
    const Wish wish = std::exchange(wish_, {});
    // The dataset is on the screen first: to open it and to begin a training take as long again.
    if (wish.train)
        QTimer::singleShot(kTrainLater, this, [this, preset = wish.preset] {
            Q_EMIT context_.train_requested(preset);
        });
    return true;
}

void DatasetPage::show_dataset() {
    if (context_.dataset()) {
        contents_->set_dataset(*context_.dataset());
        stack_->setCurrentWidget(contents_);
    } else if (stack_->currentWidget() == contents_) {
        stack_->setCurrentWidget(start_);
    }
    update_header();
}

void DatasetPage::show_start() {
    if (import_->importing())
        return show_banner(tr("An import is going on: wait for it or cancel it first."), true);
    show_banner({}, false);
    start_->refresh_recent();
    stack_->setCurrentWidget(start_);
    update_header();
}

void DatasetPage::update_header() {
    const QWidget* shown = stack_->currentWidget();
    other_->setVisible(shown != start_);
    settings_->setVisible(shown == contents_ && !import_->source().source.empty());
    subtitle_->setText(shown == start_    ? tr("the pictures to learn from")
                       : shown == import_ ? tr("how they will be read")
                                          : tr("in use"));
}

void DatasetPage::choose_folder() {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Folder of pictures"),
                                                           preferences::folder(kFolderKey));
    if (path.isEmpty()) return;
    preferences::set_value(kFolderKey, path);
    choose_source(path);
}

void DatasetPage::choose_archive() {
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Archive or dataset"), preferences::folder(kFolderKey),
        tr("Archives and datasets (*.zip *.tar *.tar.gz *.tgz "
           "*.tar.xz *.tar.bz2 *.tar.zst *.pack);;All files (*)"));
    if (path.isEmpty()) return;
    preferences::set_value(kFolderKey, QFileInfo(path).absolutePath());
    choose_source(path);
}

void DatasetPage::dragEnterEvent(QDragEnterEvent* event) {
    for (const QUrl& url : event->mimeData()->urls()) {
        if (!url.isLocalFile()) continue;
        event->setDropAction(Qt::CopyAction);
        event->accept();
        start_->set_drop_hovered(true);
        return;
    }
}

void DatasetPage::dragLeaveEvent(QDragLeaveEvent*) {
    start_->set_drop_hovered(false);
}

void DatasetPage::dropEvent(QDropEvent* event) {
    start_->set_drop_hovered(false);
    for (const QUrl& url : event->mimeData()->urls()) {
        if (!url.isLocalFile()) continue;
        event->setDropAction(Qt::CopyAction);
        event->accept();
        return choose_source(url.toLocalFile());
    }
}

}  // namespace pentimento::ui
