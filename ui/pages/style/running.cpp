// Starting, continuing, changing and exporting what the Style page shows.
#include <QFileInfo>

#include "core/session/run_folder.h"
#include "core/style/style_run.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/file_path.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style/run_bar.h"
#include "ui/pages/style/weights_chooser.h"
#include "ui/pages/style_page.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {

StyleRequest StylePage::request() const {
    StyleRequest request{panel_->params(),
                         file_path(inputs_->content().picture()->path),
                         {},
                         {},
                         weights_->weights(),
                         {},
                         networks()};
    if (!style::needs_styles(request.params)) return request;
    request.masks = inputs_->masks();
    request.styles = style_paths();
    if (std::get<std::string>(request.params.value("init")) == "picture")
        request.start = file_path(inputs_->start().picture()->path);
    return request;
}

std::vector<std::filesystem::path> StylePage::style_paths() const {
    std::vector<std::filesystem::path> paths;
    if (!style::needs_styles(panel_->params())) return paths;
    for (int i = 0; i < inputs_->style_count(); ++i)
        paths.push_back(file_path(inputs_->style(i).picture()->path));
    return paths;
}

void StylePage::blend() {
    if (!blocked().isEmpty() || controller_->active() || preparer_.busy()) return;
    const StyleRequest request = this->request();
    const QString by = request.styles.empty()
                           ? QString::fromStdString(request.networks.painter.string())
                           : inputs_->style(0).picture()->name;
    const QString name = QStringLiteral("%1 + %2").arg(
        QFileInfo(inputs_->content().picture()->name).completeBaseName(),
        QFileInfo(by).completeBaseName());
    show_banner({}, false);
    instant_->cancel();
    // Copies the pictures into the run's folder.
    preparer_.start(
        [request, name = name.toStdString(), runs = context_.workspace().runs()] {
            return prepare_style(request, RunFolder::fresh(runs, name).path(), name);
        },
        [this](Result<PreparedRun> prepared) { start_prepared(std::move(prepared)); });
    update_controls();
}

void StylePage::continue_run() {
    if (controller_->active() || preparer_.busy()) return;
    if (series_ && !series_->done) return start_series(*series_);
    if (!shown_) return;
    show_banner({}, false);
    if (training_shown()) return show_training(*shown_, true);
    const std::int64_t wanted = std::get<std::int64_t>(panel_->params().value("steps"));
    const std::int64_t done = std::max(controller_->progress().step, gallery_->current_step());
    // A run that has reached its end goes on for as long again.
    std::optional<std::int64_t> total;
    if (wanted > 0) total = done >= wanted ? done + wanted : wanted;
    ResumeSources sources;
    sources.weights = weights_->weights();
    Patch live;
    for (const ParamSpec& spec : style::schema().specs())
        if (spec.apply == Apply::Live && spec.id != "steps")
            live[spec.id] = panel_->params().value(spec.id);
    preparer_.start([dir = shown_->directory(), total, sources,
                     live] { return prepare_resume(dir, total, live, sources); },
                    [this](Result<PreparedRun> prepared) { start_prepared(std::move(prepared)); });
    update_controls();
}

void StylePage::start_prepared(Result<PreparedRun> prepared) {
    if (!prepared) {
        show_banner(QString::fromStdString(prepared.error().message), true);
        return update_controls();
    }
    set_shown(prepared->options.experiment);
    bar_->reset_losses();
    update_before();
    const Status started = controller_->start(std::move(*prepared));
    if (!started) show_banner(QString::fromStdString(started.error().message), true);
    update_controls();
    Q_EMIT context_.runs_changed();
}

void StylePage::export_picture() {
    ExportSubject subject;
    subject.frame = gallery_->current_frame();
    if (subject.frame.empty()) return;
    if (instant_params_) {
        const bool painted = !style::needs_styles(*instant_params_);
        subject.settings =
            export_settings("style", painted ? "Painted" : "Instant blend", 1, *instant_params_);
        subject.suggested_name = painted ? tr("painted") : tr("instant blend");
    } else if (shown_) {
        subject.settings = export_settings(*shown_, gallery_->current_step());
        subject.suggested_name = QStringLiteral("%1-%2")
                                     .arg(QString::fromStdString(shown_->info().name)
                                              .replace(QStringLiteral(" + "), QStringLiteral("-")))
                                     .arg(gallery_->current_step());
    }
    subject.directory = QString::fromStdString(context_.workspace().exports().string());
    auto* dialog = new ExportDialog(std::move(subject), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ExportDialog::exported, this, [this](const QStringList& files) {
        Q_EMIT context_.message(tr("Written: %1").arg(files.value(0)), false);
    });
    dialog->open();
}

// The run goes on: only where each style counts is another.
void StylePage::change_masks() {
    if (!shown_ || training_shown()) return;
    masker_.start([experiment = *shown_,
                   masks = inputs_->masks()] { return prepare_mask_change(experiment, masks); },
                  [this](Result<Amendment> change) {
                      if (!change)
                          return show_banner(QString::fromStdString(change.error().message), true);
                      if (controller_->active()) controller_->amend(*std::move(change));
                  });
}

}  // namespace pentimento::ui
