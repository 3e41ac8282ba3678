// What the Train page does with runs: start, steer, show, open stored ones and resume them.
#include <QLabel>
#include <QProgressBar>
#include <QSplitter>
#include <QStackedWidget>

#include "core/base/text.h"
#include "core/gan/gan_run.h"
#include "core/jobs/jobs.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/pages/stored_run.h"
#include "ui/pages/train_page.h"
#include "ui/plots/metric_plot.h"
#include "ui/widgets/event_log.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/preset_picker.h"
#include "ui/widgets/resume_bar.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {

namespace {

constexpr double kSmoothing = 0.6;  // enough to see the trend of a noisy loss

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
        if (!controller_.active()) return;
        Patch live;
        for (const auto& [id, value] : patch)
            if (panel_->params().schema().find(id)->apply == Apply::Live) live[id] = value;
        if (!live.empty()) controller_.edit(live);
    });
    connect(presets_, &PresetPicker::chosen, this, [this](const QString& id) {
        const Preset* preset = presets_->find(id);
        if (!preset) return;
        ParamSet params = panel_->params();
        Status status = preset->apply_to(params);
        if (status && context_.dataset())
            status = gan::fit_to_dataset(params, context_.dataset()->info());
        if (!status) tell(text(status.error().message), true);
        panel_->set_params(params, tr("preset “%1”").arg(text(preset->label)));
        presets_->show_choice(id);
    });
    connect(&controller_, &RunController::state_changed, this, [this](State state) {
        update_actions();
        if (state != State::Finished && state != State::Failed) return;
        if (shown_) {
            gallery_->refresh();
            const auto steps = controller_.progress().step;
            resume_bar_->show_run(text(shown_->info().name), steps, total_steps(panel_->params()));
        }
        Q_EMIT context_.runs_changed();
    });
    connect(&controller_, &RunController::progress_changed, this, &TrainPage::show_progress);
    connect(&controller_, &RunController::metric_specs_known, this, &TrainPage::show_metric_specs);
    connect(&controller_, &RunController::metrics_arrived, this,
            [this](const std::vector<MetricRow>& rows) {
                for (MetricPlot* plot : plots_) plot->append(rows);
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
    if (const Preset* preset = presets_->find(preset_id)) {
        ParamSet params = panel_->params();
        if (const Status status = preset->apply_to(params); !status)
            tell(text(status.error().message), true);
        panel_->set_params(params, tr("preset “%1”").arg(text(preset->label)));
        presets_->show_choice(preset_id);
    }
    start();
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
    const auto dir = Experiment::fresh_directory(context_.workspace().runs(), data.info().name);
    auto prepared = prepare_training(params, data.path(), dir, data.info().name);
    if (!prepared) {
        tell(text(prepared.error().message), true);
        return;
    }
    begin(*std::move(prepared), true);
}

Status TrainPage::start(Worker::Factory factory, WorkerOptions options) {
    begin({std::move(factory), std::move(options)}, true);
    return {};
}

void TrainPage::begin(PreparedRun run, bool fresh) {
    shown_ = run.options.experiment;
    resume_bar_->hide();
    if (fresh) {
        for (MetricPlot* plot : plots_) plot->clear();
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
    QString note = text(progress.note);
    if (note.isEmpty() && progress.total_steps > 0)
        note =
            tr("%1 of %2")
                .arg(text(format_count(progress.step)), text(format_count(progress.total_steps)));
    note_->setText(note);
}

void TrainPage::show_metric_specs(const std::vector<MetricSpec>& specs) {
    const auto same = [](const MetricSpec& a, const MetricSpec& b) {
        return a.id == b.id && a.label == b.label;
    };
    if (std::equal(specs.begin(), specs.end(), specs_.begin(), specs_.end(), same)) return;
    specs_ = specs;
    qDeleteAll(plots_);
    plots_.clear();
    std::vector<std::string> names;
    for (const MetricSpec& spec : specs)
        if (std::find(names.begin(), names.end(), spec.plot) == names.end())
            names.push_back(spec.plot);
    for (const std::string& name : names) {
        std::vector<MetricSpec> own;
        std::copy_if(specs.begin(), specs.end(), std::back_inserter(own),
                     [&](const MetricSpec& spec) { return spec.plot == name; });
        auto* plot = new MetricPlot(text(name));
        plot->set_metrics(own);
        plot->set_smoothing(kSmoothing);
        connect(plot, &MetricPlot::message, &context_, &StudioContext::message);
        plot_split_->addWidget(plot);
        plots_.push_back(plot);
    }
}

void TrainPage::receive(const std::vector<Event>& events) {
    for (const Event& event : events) {
        if (event.type == "resumed")
            for (MetricPlot* plot : plots_) plot->rewind_to(event.step);
        if (event.type == "sample") gallery_->refresh();
        if (event.severity == Severity::Warning) tell(text(event.text));
    }
    for (MetricPlot* plot : plots_) plot->append(events);
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
                   [this, resume](const Result<StoredRun>& stored) {
                       if (stored)
                           show_stored(*stored, resume);
                       else
                           tell(text(stored.error().message), true);
                   });
}

void TrainPage::show_stored(const StoredRun& stored, bool resume) {
    if (controller_.active()) return;  // started while this was being read
    controller_.clear();
    shown_ = stored.experiment;
    if (stored.params) panel_->set_params(*stored.params, tr("settings of a run"));
    show_metric_specs(gan::metric_specs());
    for (MetricPlot* plot : plots_) {
        plot->clear();
        plot->append(stored.metrics);
        plot->append(stored.events);
    }
    log_->clear();
    log_->append(stored.events);
    gallery_->set_experiment(shown_);
    const std::int64_t steps = stored.metrics.empty() ? 0 : stored.metrics.back().step;
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
    loading_.start(
        [dir = shown_->directory(), total, overrides = std::move(overrides)] {
            return prepare_resume(dir, total, overrides);
        },
        [this](Result<PreparedRun> prepared) {
            if (!prepared)
                tell(text(prepared.error().message), true);
            else if (!controller_.active())
                begin(*std::move(prepared), false);
        });
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

void TrainPage::shut_down() {
    loading_.cancel();
    controller_.shut_down();
}

}  // namespace pentimento::ui
