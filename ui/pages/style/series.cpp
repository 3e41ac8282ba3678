// Many pictures and films on the Style page: the plan, the run, and where its results are.
#include <QDesktopServices>
#include <QFileInfo>
#include <QPushButton>
#include <QUrl>

#include "core/jobs/batch.h"
#include "core/jobs/video.h"
#include "core/style/style_run.h"
#include "ui/dialogs/series_dialog.h"
#include "ui/file_path.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style/run_bar.h"
#include "ui/pages/style/weights_chooser.h"
#include "ui/pages/style_page.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_compare.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {

namespace {

QString shown(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

Result<std::unique_ptr<Run>> make_series_run(const StylePage::Series& series) {
    if (series.plan->is_film()) return make_video_run(series.film());
    StyleBatch batch{.params = style_params(series.plan->params)};
    batch.contents = series.plan->pictures;
    batch.styles = series.styles;
    batch.weights = series.weights;
    batch.networks = series.networks;
    batch.out = series.plan->out;
    batch.blend = series.plan->blend;
    return make_batch_run(std::move(batch));
}

}  // namespace

VideoRequest StylePage::Series::film() const {
    VideoRequest request{.params = plan->params};
    request.source = plan->film;
    request.styles = styles;
    request.weights = weights;
    request.networks = networks;
    request.out = plan->out;
    return request;
}

void StylePage::plan_series(const QStringList& paths) {
    if (controller_->active() || preparer_.busy()) return;
    if (const QString missing = blocked_for_any(); !missing.isEmpty())
        return show_banner(paths.isEmpty() ? missing : tr("To paint a film: %1").arg(missing),
                           false);
    QStringList names;
    if (style::needs_styles(panel_->params()))
        for (int i = 0; i < inputs_->style_count(); ++i) names << inputs_->style(i).picture()->name;
    else
        names << QFileInfo(shown(networks().painter)).completeBaseName();
    auto* dialog =
        new SeriesDialog(panel_->params(), names, shown(context_.workspace().exports()), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { paint_series(dialog->plan()); });
    if (!paths.isEmpty()) dialog->choose(paths);
    dialog->open();
}

void StylePage::paint_series(const SeriesPlan& plan) {
    if (controller_->active() || preparer_.busy()) return;
    start_series(
        {std::make_shared<const SeriesPlan>(plan), style_paths(), weights_->weights(), networks()});
}

void StylePage::start_series(Series series) {
    instant_->cancel();
    instant_params_.reset();
    set_shown(std::nullopt);
    series_ = std::move(series);
    series_->made = series_->left_out = series_->failed = 0;
    bar_->reset_losses();
    gallery_->compare().set_before({});
    show_banner({}, false);
    WorkerOptions options;
    options.checkpoint_seconds = 0;  // it goes on from the results themselves
    options.checkpoint_at_end = false;
    const Status started =
        controller_->start([series = *series_] { return make_series_run(series); }, options);
    if (!started) show_banner(QString::fromStdString(started.error().message), true);
    update_controls();
}

void StylePage::follow_series(const Event& event) {
    if (event.type == "made") ++series_->made;
    if (event.type != "skipped") return;
    if (event.data.value("reason", "") == "exists") {
        ++series_->left_out;
    } else {
        ++series_->failed;
        series_->problem = QString::fromStdString(event.text);
    }
}

void StylePage::series_ended() {
    const Progress& progress = controller_->progress();
    // Failed tells by itself why.
    if (controller_->state() == State::Failed) return;
    series_->done = progress.total_steps > 0 && progress.step >= progress.total_steps;
    update_controls();
    const QString name = QFileInfo(shown(series_->plan->out)).fileName();
    if (series_->plan->is_film()) {
        if (series_->done) return offer_folder(tr("The film is done: %1.").arg(name));
        return exporter_.start(
            [film = series_->film()] { return write_film(film); },
            [this, name](const Result<std::int64_t>& frames) {
                if (!series_ || controller_->active()) return;
                if (frames)
                    return offer_folder(
                        tr("Stopped after %n frames, which are a film by now: %1. Resume goes on.",
                           nullptr, static_cast<int>(*frames))
                            .arg(name));
                const bool none = frames.error().code == ErrorCode::NotFound;
                show_banner(none ? tr("Stopped before the first frame was done.")
                                 : QString::fromStdString(frames.error().message),
                            !none);
            });
    }
    QString text = tr("%n pictures are painted, in “%1”.", nullptr, series_->made).arg(name);
    if (series_->left_out > 0) text += tr(" %n were there already.", nullptr, series_->left_out);
    if (series_->failed > 0)
        text += tr(" %n could not be painted; the last: %1", nullptr, series_->failed)
                    .arg(series_->problem);
    if (!series_->done) text += tr(" Resume goes on with what is missing.");
    offer_folder(text);
}

void StylePage::offer_folder(const QString& text) {
    show_banner(text, series_->failed > 0);
    const QFileInfo out(shown(series_->plan->out));
    const QString folder = series_->plan->is_film() ? out.path() : out.filePath();
    make_offer(tr("Show the &folder"), folder,
               [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); });
}

}  // namespace pentimento::ui
