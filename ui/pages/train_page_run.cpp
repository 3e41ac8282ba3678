// What the Train page does with runs: start, steer, show, open stored ones and resume them.
#include <QLabel>
#include <QProgressBar>
#include <QStackedWidget>
#include <utility>

#include "core/base/text.h"
#include "core/gan/gan_run.h"
#include "core/jobs/jobs.h"
#include "core/session/run_folder.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/pages/stored_run.h"
#include "ui/pages/train_page.h"
#include "ui/plots/plot_deck.h"
#include "ui/widgets/event_log.h"
#include "ui/widgets/health_panel.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/preset_picker.h"
#include "ui/widgets/resume_bar.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {

namespace {

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

/// The end that a run was given; 0 when its settings name none.
std::int64_t total_steps(const ParamSet& params) {
    const ParamSpec* spec = params.schema().find("steps");
    if (!spec) return 0;
    const auto* steps = std::get_if<std::int64_t>(&params.value("steps"));
    return steps ? *steps : 0;
}

}  // namespace

void TrainPage::connect_run() {
    connect(panel_, &ParamPanel::edited, this, [this](const Patch& patch) {
        presets_->show_choice({});
        health_->set_params(panel_->params());
        if (!controller_.active()) return;
        Patch live;
        for (const auto& [id, value] : patch)
            if (panel_->params().schema().find(id)->apply == Apply::Live) live[id] = value;
        if (!live.empty()) controller_.edit(live);
    });
    connect(presets_, &PresetPicker::chosen, this, &TrainPage::choose_preset);
    connect(health_, &HealthPanel::remedy_chosen, this, &TrainPage::use_remedy);
    connect(health_, &HealthPanel::undo_requested, this, &TrainPage::undo_remedy);
    connect(&controller_, &RunController::state_changed, this, [this](State state) {
        update_actions();
        if (state != State::Finished && state != State::Failed) return;
        if (shown_) {
            gallery_->refresh();
            const auto steps = controller_.progress().step;
            resume_bar_->show_run(text(shown_->info().name), steps, total_steps(panel_->params()));
        }
        Q_EMIT context_.runs_changed();
        if (!after_stop_) return;
        const Derivation next = *std::exchange(after_stop_, std::nullopt);
        QMetaObject::invokeMethod(
            this, [this, next] { derive(next); }, Qt::QueuedConnection);
    });
    connect(&controller_, &RunController::progress_changed, this, &TrainPage::show_progress);
    connect(&controller_, &RunController::metric_specs_known, deck_, &PlotDeck::set_metrics);
    connect(&controller_, &RunController::metrics_arrived, this,
            [this](const std::vector<MetricRow>& rows) {
                deck_->append(rows);
                health_->add(rows);
            });
    connect(&controller_, &RunController::events_arrived, this, &TrainPage::receive);
    connect(&controller_, &RunController::preview_arrived, gallery_, &SampleGallery::show_live);
    connect(&controller_, &RunController::failed, this,
            [this](const Error& error) { tell(text(error.message), true); });
    connect(&controller_, &RunController::refused, this,
            [this](const QString& reason) { tell(reason); });
    connect(gallery_, &SampleGallery::export_requested, this, &TrainPage::export_picture);
    connect(resume_bar_, &ResumeBar::resume_requested, this, &TrainPage::resume_stored);
    connect(resume_bar_, &ResumeBar::closed, this, [this] {
        resume_bar_->hide();
        shown_.reset();
        controller_.clear();
        gallery_->clear();
        update_actions();
    });
}

void TrainPage::tell(const QString& text, bool error) {
    Q_EMIT context_.message(text, error);
}

void TrainPage::fit_to_dataset() {
    if (!context_.dataset() || controller_.active()) return;
    ParamSet params = panel_->params();
    if (const Status fit = gan::fit_to_dataset(params, context_.dataset()->info()); !fit) {
        tell(text(fit.error().message), true);
        return;
    }
    panel_->set_params(params);
}

void TrainPage::train(const QString& preset_id) {
    Q_EMIT context_.page_requested(QStringLiteral("train"));
    if (controller_.active()) {
        tell(tr("A run is in progress: stop it before starting another."), true);
        return;
    }
    if (presets_->find(preset_id)) choose_preset(preset_id);
    start();
}

void TrainPage::choose_preset(const QString& id) {
    const Preset* preset = presets_->find(id);
    if (!preset) return;
    ParamSet params = panel_->params();
    Status status = preset->apply_to(params);
    if (status && context_.dataset())
        status = gan::fit_to_dataset(params, context_.dataset()->info());
    if (!status) tell(text(status.error().message), true);
    panel_->set_params(params, tr("preset “%1”").arg(text(preset->label)));
    presets_->show_choice(id);
}

void TrainPage::start() {
    if (!actions_.start->isEnabled()) {
        tell(actions_.start->toolTip());
        return;
    }
    ParamSet params = panel_->params();
    const PackedDataset& data = *context_.dataset();
    if (const Status fit = gan::fit_to_dataset(params, data.info()); !fit) {
        tell(text(fit.error().message), true);
        return;
    }
    panel_->set_params(params);
    if (loading_.busy()) return tell(tr("One moment: a run is being read or made ready."));
    // A new run's folder waits for the disk.
    begin_when_ready(
        [params, pack = data.path(), name = data.info().name,
         runs = context_.workspace().runs()]() -> Result<PreparedRun> {
            return prepare_training(params, pack, RunFolder::fresh(runs, name).path(), name);
        },
        true);
}

void TrainPage::begin_when_ready(std::function<Result<PreparedRun>()> prepare, bool fresh) {
    loading_.start(std::move(prepare), [this, fresh](Result<PreparedRun> prepared) {
        if (!prepared)
            tell(text(prepared.error().message), true);
        else if (!controller_.active())  // nothing was started meanwhile
            begin(*std::move(prepared), fresh);
    });
}

Status TrainPage::start(Worker::Factory factory, WorkerOptions options) {
    begin({std::move(factory), std::move(options)}, true);
    return {};
}

void TrainPage::begin(PreparedRun run, bool fresh) {
    shown_ = run.options.experiment;
    resume_bar_->hide();
    if (fresh) {
        deck_->clear();
        health_->begin(panel_->params(), context_.dataset() ? context_.dataset()->info().count : 0);
        log_->clear();
        gallery_->clear();
        gallery_->set_experiment(shown_);
    }
    if (const Status started = controller_.start(std::move(run)); !started)
        tell(text(started.error().message), true);
    update_actions();
    Q_EMIT context_.runs_changed();
}

void TrainPage::pause_or_resume() {
    if (controller_.state() == State::Paused)
        controller_.resume();
    else
        controller_.pause();
}

void TrainPage::show_progress(const Progress& progress) {
    const bool loading = controller_.active() && progress.step == 0 && progress.total_steps == 0;
    bar_->setRange(0, loading ? 0 : 1000);
    if (progress.total_steps > 0)
        bar_->setValue(static_cast<int>(1000 * progress.step / progress.total_steps));
    // "Growing: 16 px, fading in · 268 of 3,000"
    QStringList parts;
    if (!progress.note.empty()) parts << text(progress.note);
    if (progress.total_steps > 0)
        parts << tr("%1 of %2")
                     .arg(text(format_count(progress.step)),
                          text(format_count(progress.total_steps)));
    const QString note = parts.join(QStringLiteral(" · "));
    note_->setToolTip(note);
    note_->setText(note_->fontMetrics().elidedText(note, Qt::ElideRight, note_->maximumWidth()));
}

void TrainPage::receive(const std::vector<Event>& events) {
    for (const Event& event : events) {
        if (event.type == "resumed" || event.type == "rollback") {
            deck_->rewind_to(event.step);
            health_->rewind_to(event.step);
        }
        if (event.type == "rollback") health_->broke_down(event.step);
        if (event.type == "sample") gallery_->refresh();
        if (event.severity == Severity::Warning) tell(text(event.text));
    }
    deck_->append(events);
    log_->append(events);
}

void TrainPage::open_run(const QString& directory, bool resume) {
    if (controller_.active()) {
        if (shown_ && shown_->directory() == directory.toStdString())
            return;  // it is on the screen
        tell(tr("A run is in progress: stop it before opening another."), true);
        return;
    }
    loading_.start([path = directory.toStdString()] { return read_stored_run(path); },
                   [this, resume](Result<StoredRun> stored) {
                       if (stored)
                           show_stored(*std::move(stored), resume);
                       else
                           tell(text(stored.error().message), true);
                   });
}

void TrainPage::show_stored(StoredRun stored, bool resume) {
    if (controller_.active()) return;  // started while this was being read
    controller_.clear();
    shown_ = stored.experiment;
    if (stored.params) panel_->set_params(*stored.params, tr("settings of a run"));
    deck_->show_record(std::move(stored.curves));
    deck_->append(stored.events);
    if (stored.health)
        health_->open(*std::move(stored.health));
    else
        health_->begin(panel_->params());
    log_->clear();
    log_->append(stored.events);
    gallery_->set_experiment(shown_);
    const std::int64_t steps = stored.steps;
    Progress progress;
    progress.step = steps;
    progress.total_steps = std::max(steps, total_steps(panel_->params()));
    show_progress(progress);
    resume_bar_->show_run(text(shown_->info().name), steps, total_steps(panel_->params()));
    update_actions();
    if (resume) resume_stored(resume_bar_->total_steps());
}

void TrainPage::resume_stored(std::int64_t total) {
    if (!shown_ || controller_.active()) return;
    // Only the settings that act live may differ from the stored ones without another network.
    Patch overrides;
    for (const ParamSpec& spec : panel_->params().schema().specs())
        if (spec.apply == Apply::Live && spec.id != "steps")
            overrides[spec.id] = panel_->params().value(spec.id);
    begin_when_ready(
        [dir = shown_->directory(), total, overrides = std::move(overrides)] {
            return prepare_resume(dir, total, overrides);
        },
        false);
}

void TrainPage::export_picture() {
    ExportSubject subject;
    subject.frame = gallery_->current_frame();
    if (subject.frame.empty()) return;
    const QSize grid = gallery_->current_grid();
    subject.columns = grid.width();
    subject.rows = grid.height();
    if (shown_) {
        subject.settings = export_settings(*shown_, gallery_->current_step());
        subject.suggested_name = QStringLiteral("%1-step-%2")
                                     .arg(text(shown_->info().name))
                                     .arg(gallery_->current_step());
    }
    subject.directory = text(context_.workspace().exports().string());
    ExportDialog dialog(std::move(subject), this);
    dialog.exec();
}

const std::vector<MetricPlot*>& TrainPage::plots() const {
    return deck_->plots();
}

void TrainPage::shut_down() {
    after_stop_.reset();
    loading_.cancel();
    controller_.shut_down();
}

}  // namespace pentimento::ui
