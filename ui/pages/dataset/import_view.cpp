// Import settings, preview and progress.
#include "ui/pages/dataset/import_view.h"

#include <QFile>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include "core/base/file.h"
#include "core/base/text.h"
#include "ui/theme.h"
#include "ui/widgets/crop_preview.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {
constexpr int kPreviewPictures = 6;
constexpr int kDebounceMilliseconds = 120;
constexpr int kPanelWidth = 340;
}  // namespace

ImportView::ImportView(std::filesystem::path packs, QUndoStack* undo, QWidget* parent)
    : QWidget(parent), packs_(std::move(packs)), controller_(new RunController(this)) {
    auto* side = new QFrame(this);
    panel_ = new ParamPanel(ParamSet(import_schema()), undo, {}, side);
    theme::set_role(side, "panel");
    side->setFixedWidth(kPanelWidth);
    auto* side_layout = new QVBoxLayout(side);
    side_layout->setContentsMargins(8, 8, 8, 8);
    side_layout->addWidget(panel_);

    source_label_ = new QLabel;
    source_label_->setWordWrap(true);
    theme::set_role(source_label_, "muted");
    preview_ = new CropPreview;
    progress_picture_ = new PictureView;
    progress_picture_->set_smooth(false);
    progress_picture_->setAccessibleName(tr("Newest imported pictures"));
    progress_picture_->set_empty_text(tr("Reading pictures…"), {});
    progress_picture_->hide();
    progress_ = new QProgressBar;
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress of the import"));
    progress_text_ = new QLabel;
    import_ = new QPushButton(tr("&Import"));
    theme::set_role(import_, "primary");
    import_->setToolTip(tr("Make a dataset of these pictures"));
    cancel_ = new QPushButton(tr("&Cancel"));
    cancel_->setToolTip(tr("Stop the import; nothing is kept"));

    auto* bar = new QHBoxLayout;
    bar->setSpacing(12);
    bar->addWidget(progress_, 1);
    bar->addWidget(progress_text_);
    bar->addStretch();
    bar->addWidget(cancel_);
    bar->addWidget(import_);
    auto* main = new QVBoxLayout;
    main->setSpacing(8);
    main->addWidget(source_label_);
    main->addWidget(preview_, 1);
    main->addWidget(progress_picture_, 1);
    main->addLayout(bar);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(16);
    layout->addWidget(side);
    layout->addLayout(main, 1);

    debounce_ = new QTimer(this);
    debounce_->setSingleShot(true);
    debounce_->setInterval(kDebounceMilliseconds);
    connect(debounce_, &QTimer::timeout, this, &ImportView::update_preview);
    connect(panel_, &ParamPanel::edited, this, [this] {
        preview_->set_stale(true);
        debounce_->start();
    });
    connect(import_, &QPushButton::clicked, this, &ImportView::import);
    connect(cancel_, &QPushButton::clicked, this, &ImportView::cancel);
    connect(controller_, &RunController::state_changed, this, [this](State state) {
        if (running_ && (state == State::Finished || state == State::Failed)) run_ended();
    });
    connect(controller_, &RunController::preview_arrived, this,
            [this](const Preview& preview) { progress_picture_->set_frame(preview.frame); });
    connect(controller_, &RunController::events_arrived, this,
            [this](const std::vector<Event>& events) {
                for (const Event& event : events) skipped_ += event.type == "skipped";
            });
    connect(controller_, &RunController::progress_changed, this, [this](const Progress& progress) {
        // Without a known end the bar shows that something moves.
        progress_->setRange(0, progress.total_steps > 0 ? 1000 : 0);
        if (progress.total_steps > 0)
            progress_->setValue(static_cast<int>(1000 * progress.step / progress.total_steps));
        QStringList parts;
        if (!progress.note.empty()) parts << QString::fromStdString(progress.note);
        if (progress.items_per_second > 0)
            parts << tr("%1 pictures/s").arg(QLocale().toString(qRound(progress.items_per_second)));
        if (progress.remaining_seconds)
            parts << tr("%1 left").arg(
                QString::fromStdString(format_duration(*progress.remaining_seconds)));
        if (skipped_ > 0) parts << tr("%n skipped", nullptr, static_cast<int>(skipped_));
        progress_text_->setText(parts.join(QStringLiteral(" · ")));
    });
    update_controls();
}

ImportView::~ImportView() = default;

void ImportView::set_source(const SourceGuess& source) {
    source_ = source;
    const QString label = QString::fromStdString(source.label);
    const QString name = QString::fromStdString(source.source);
    source_label_->setText(label.isEmpty() ? name : QStringLiteral("%1 · %2").arg(name, label));
    preview_->set_message(tr("Reading some pictures…"));
    update_preview();
}

void ImportView::update_preview() {
    if (source_.source.empty()) return;
    previewer_.start(
        [source = source_.source, params = panel_->params()] {
            return preview_import(source, params, kPreviewPictures);
        },
        [this](const Result<ImportPreview>& result) {
            if (!result)
                return preview_->set_message(QString::fromStdString(result.error().message));
            QStringList names;
            for (const std::string& name : result->names) names << QString::fromStdString(name);
            if (result->before.empty())
                return preview_->set_message(tr("No readable picture was found here."));
            preview_->set_pictures(result->before, result->after, names);
        });
}

bool ImportView::importing() const {
    return preparing_ || running_;
}

void ImportView::import() {
    if (importing() || source_.source.empty()) return;
    preparing_ = true;
    update_controls();
    // The key looks at the source's files: not for the UI thread.
    cache_.start([source = source_.source, params = panel_->params(),
                  packs = packs_] { return packs / (import_cache_key(source, params) + ".pack"); },
                 [this](const std::filesystem::path& pack) {
                     preparing_ = false;
                     // A damaged file is made anew.
                     if (std::filesystem::exists(pack) && PackedDataset::open(pack)) {
                         update_controls();
                         Q_EMIT imported(QString::fromStdString(pack.string()), true);
                         return;
                     }
                     start_run(pack);
                 });
}

void ImportView::start_run(const std::filesystem::path& pack) {
    pack_ = pack;
    skipped_ = 0;
    running_ = true;
    progress_picture_->set_frame({});
    WorkerOptions options;
    options.preview_interval = 0.2;
    options.checkpoint_seconds = 0;
    options.checkpoint_at_end = false;  // a pack is written whole or not at all
    const auto status = controller_->start(
        [source = source_.source, params = panel_->params(),
         pack]() -> Result<std::unique_ptr<Run>> {
            if (auto made = make_directories(pack.parent_path()); !made) return made.error();
            return make_import_run(source, params, pack);
        },
        options);
    if (!status) {
        running_ = false;
        Q_EMIT failed(QString::fromStdString(status.error().message));
    }
    update_controls();
}

void ImportView::run_ended() {
    running_ = false;
    update_controls();
    if (controller_->state() == State::Failed) {
        // The controller's failed() signal follows with the reason; both come from one
        // announcement.
        connect(
            controller_, &RunController::failed, this,
            [this](const Error& error) { Q_EMIT failed(QString::fromStdString(error.message)); },
            Qt::SingleShotConnection);
        return;
    }
    if (std::filesystem::exists(pack_)) {
        Q_EMIT imported(QString::fromStdString(pack_.string()), false);
    } else {
        Q_EMIT cancelled();
    }
}

void ImportView::cancel() {
    if (preparing_) {
        cache_.cancel();
        preparing_ = false;
        update_controls();
        Q_EMIT cancelled();
    } else if (running_) {
        controller_->stop();
    }
}

void ImportView::shut_down() {
    cache_.cancel();
    previewer_.cancel();
    controller_->shut_down();
}

void ImportView::update_controls() {
    const bool busy = importing();
    preview_->setVisible(!running_);
    progress_picture_->setVisible(running_);
    progress_->setVisible(busy);
    progress_text_->setVisible(busy);
    if (preparing_) {
        progress_->setRange(0, 0);
        progress_text_->setText(tr("Looking at the files…"));
    }
    import_->setVisible(!busy);
    cancel_->setVisible(busy);
    panel_->set_restart_locked(
        busy ? tr("The import is going on: cancel it to change its settings.") : QString());
}

}  // namespace pentimento::ui
