// Training a painter on the Style page: the plan, reading its pictures, the run, and its use.
#include <QFileInfo>
#include <QPushButton>

#include "core/base/file.h"
#include "core/media/import.h"
#include "core/session/run_folder.h"
#include "ui/dialogs/painter_dialog.h"
#include "ui/file_path.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style/painter_chooser.h"
#include "ui/pages/style/run_bar.h"
#include "ui/pages/style/weights_chooser.h"
#include "ui/pages/style_page.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_compare.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {

namespace {

/// A file name of the painter's own, without what file systems dislike.
std::filesystem::path free_name(const std::filesystem::path& folder, const std::string& name) {
    QString plain = QString::fromStdString(name);
    for (QChar& letter : plain)
        if (!letter.isLetterOrNumber() && letter != QLatin1Char('-')) letter = QLatin1Char(' ');
    plain = plain.simplified().left(80);
    return free_path(folder, file_path(plain.isEmpty() ? QStringLiteral("painter") : plain),
                     ".safetensors");
}

}  // namespace

bool StylePage::training_shown() const {
    return shown_ && shown_->info().kind == "style-training";
}

void StylePage::plan_painter() {
    if (controller_->active() || preparer_.busy()) return;
    const bool vgg = weights_->network() == QStringLiteral("vgg19");
    auto* dialog = new PainterDialog(
        context_.workspace().root / "inputs", inputs_->style(0).picture(), context_.dataset(),
        vgg ? tr("VGG-19, with the weights chosen on the Style page; the finest strokes, and slow")
            : tr("the built-in feature network; VGG-19, chosen on the Style page, gives richer "
                 "strokes "
                 "and takes many times as long"),
        this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { train_painter(dialog->plan()); });
    dialog->open();
}

void StylePage::train_painter(const PainterPlan& plan) {
    if (controller_->active() || preparer_.busy()) return;
    instant_->cancel();
    if (plan.folder.isEmpty()) return start_training(plan, plan.dataset);
    show_banner(tr("Looking at the pictures to learn from…"), false);
    ParamSet params(import_schema());
    // Larger than the crops, so that they can be cut from different places.
    const std::int64_t size = std::get<std::int64_t>(plan.params.value("crop")) * 4 / 3;
    (void)params.set("size", size);
    (void)params.set("channels", std::string("rgb"));  // a painter learns from colour
    preparer_.start(
        [folder = file_path(plan.folder), params,
         packs = context_.workspace().packs()]() -> Result<std::filesystem::path> {
            const auto source = guess_source(folder);
            if (!source) return source.error();
            return packs / (import_cache_key(source->source, params) + ".pack");
        },
        [this, plan, params](const Result<std::filesystem::path>& pack) {
            if (!pack) {
                show_banner(QString::fromStdString(pack.error().message), true);
                return update_controls();
            }
            // What was read before is there at once; a damaged file is made anew.
            std::error_code ignored;
            if (std::filesystem::exists(*pack, ignored) && PackedDataset::open(*pack))
                return start_training(plan, *pack);
            importing_ = Import{std::make_shared<PainterPlan>(plan), *pack};
            set_shown(std::nullopt);
            gallery_->compare().set_before({});
            WorkerOptions options;
            options.preview_interval = 0.2;
            options.checkpoint_seconds = 0;
            options.checkpoint_at_end = false;  // a pack is written whole or not at all
            show_banner(tr("Reading the pictures to learn from…"), false);
            const Status started = controller_->start(
                [source = file_path(plan.folder), params,
                 pack = *pack]() -> Result<std::unique_ptr<Run>> {
                    if (auto made = make_directories(pack.parent_path()); !made)
                        return made.error();
                    return make_import_run(source, params, pack);
                },
                options);
            if (!started) {
                importing_.reset();
                show_banner(QString::fromStdString(started.error().message), true);
            }
            update_controls();
        });
    update_controls();
}

void StylePage::import_ended() {
    const Import done = *std::exchange(importing_, std::nullopt);
    std::error_code ignored;
    // Failed tells by itself why.
    if (controller_->state() == State::Failed) return update_controls();
    if (std::filesystem::exists(done.pack, ignored)) {
        // Not from within the controller's own signal.
        QMetaObject::invokeMethod(
            this, [this, done] { start_training(*done.plan, done.pack); }, Qt::QueuedConnection);
        return;
    }
    show_banner(tr("The painter was not trained: reading its pictures was stopped."), false);
    update_controls();
}

void StylePage::start_training(const PainterPlan& plan, const std::filesystem::path& pack) {
    StyleTrainingRequest request{.params = plan.params};
    request.pictures = pack;
    request.style = plan.style;
    if (weights_->network() == QStringLiteral("vgg19")) request.weights = weights_->weights();
    show_banner({}, false);
    preparer_.start(
        [request, name = plan.name.toStdString(), runs = context_.workspace().runs()] {
            return prepare_style_training(request, RunFolder::fresh(runs, name).path(), name);
        },
        [this](Result<PreparedRun> prepared) {
            start_prepared(std::move(prepared));
            if (!training_shown()) return;
            gallery_->compare().set_before({});
            show_banner(tr("Above: pictures that are never learned from. Below: how the painter "
                           "paints them by now."),
                        false);
        });
    update_controls();
}

// A stored training: its pictures again, and what can be done with it.
void StylePage::show_training(const Experiment& experiment, bool resume) {
    set_shown(experiment);
    instant_->cancel();
    instant_params_.reset();
    bar_->reset_losses();
    gallery_->compare().set_before({});
    if (!resume) {
        controller_->clear();
        training_ended();
        return update_controls();
    }
    preparer_.start(
        [dir = experiment.directory()]() -> Result<PreparedRun> {
            const auto run = Experiment::open(dir);
            if (!run) return run.error();
            const auto params = current_params(*run);
            if (!params) return params.error();
            // One that has reached its end goes on for as long again.
            std::optional<std::int64_t> total;
            const auto steps = std::get<std::int64_t>(params->value("steps"));
            if (const auto last = run->latest_checkpoint(); last && last->step >= steps)
                total = 2 * steps;
            return prepare_resume(dir, total);
        },
        [this](Result<PreparedRun> prepared) {
            start_prepared(std::move(prepared));
            gallery_->compare().set_before({});
        });
    update_controls();
}

void StylePage::training_ended() {
    const auto params = current_params(*shown_);
    const bool painter = params && std::get<std::string>(params->value("network")) == "painter";
    const auto last = shown_->latest_checkpoint();
    if (!painter || !last) return;
    if (controller_->state() == State::Failed) return;  // it says why
    show_banner(tr("%1 has learned for %2 steps.")
                    .arg(QString::fromStdString(shown_->info().name),
                         QLocale().toString(qlonglong(last->step))),
                false);
    make_offer(tr("&Use this painter"), tr("Makes a file of the painter and paints with it"),
               [this] { use_painter(); });
}

void StylePage::use_painter() {
    if (!training_shown() || controller_->active()) return;
    const std::filesystem::path folder = context_.workspace().root / "painters";
    offer_->setEnabled(false);
    exporter_.start(
        [run = shown_->directory(), folder, name = shown_->info().name,
         experiment = *shown_]() -> Result<std::filesystem::path> {
            if (Status made = make_directories(folder); !made) return made.error();
            const auto path = free_name(folder, name);
            if (Status written = export_style_network(run, path); !written) return written.error();
            return path;
        },
        [this](const Result<std::filesystem::path>& path) {
            offer_->setEnabled(true);
            if (!path) return show_banner(QString::fromStdString(path.error().message), true);
            set_shown(std::nullopt);
            controller_->clear();
            update_before();
            panel_->apply({{"method", std::string("painter")}}, tr("Use a painter"));
            painters_->refresh();
            painters_->choose(QString::fromStdString(path->string()));
            show_banner(inputs_->content().picture()
                            ? QString()
                            : tr("Put a picture into the content well: the painter paints it at "
                                 "once."),
                        false);
            update_controls();
        });
}

}  // namespace pentimento::ui
