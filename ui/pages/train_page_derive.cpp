// What the Train page does besides plain runs: the family gallery, remedies, and runs made out of
// stored ones.
#include <QUndoStack>
#include <algorithm>
#include <utility>

#include "core/gan/gan_run.h"
#include "core/jobs/jobs.h"
#include "core/session/run_folder.h"
#include "ui/dialogs/family_gallery.h"
#include "ui/pages/stored_run.h"
#include "ui/pages/train_page.h"
#include "ui/widgets/health_panel.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/verdict_card.h"

namespace pentimento::ui {

namespace {

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

/// Slow: reads and copies a checkpoint.
Result<PreparedRun> prepare(const Derivation& wanted, const std::filesystem::path& dir,
                            const std::optional<PackedDataset>& data) {
    const std::filesystem::path source = wanted.directory.toStdString();
    const std::string name = wanted.name.toStdString();
    switch (wanted.kind) {
        case Derivation::Kind::Branch:
            return prepare_branch(source, wanted.at, dir, name, wanted.overrides);
        case Derivation::Kind::Replay:
            return prepare_replay(source, dir, name);
        case Derivation::Kind::Weights:
            break;
    }
    const auto experiment = Experiment::open(source);
    if (!experiment) return experiment.error();
    auto params = current_params(*experiment);
    if (!params) return params.error();
    return prepare_training(*params, data->path(), dir, name, WeightsFrom{source, wanted.at});
}

}  // namespace

FamilyGallery& TrainPage::gallery_of_families() {
    if (!families_) {
        families_ = new FamilyGallery(gan::families(), gan::architectures(), {}, this);
        connect(families_, &FamilyGallery::preset_chosen, this, &TrainPage::choose_preset);
    }
    const std::optional<PackInfo> data =
        context_.dataset() ? std::optional(context_.dataset()->info()) : std::nullopt;
    families_->prepare(data, controller_.active()
                                 ? tr("A run is at work: stop it to train another family.")
                                 : QString());
    return *families_;
}

void TrainPage::choose_family() {
    gallery_of_families().exec();
}

void TrainPage::use_remedy(const gan::Remedy& remedy) {
    if (remedy.to_best && shown_) {
        go_to_best(remedy.edits);
        return;
    }
    before_remedy_.clear();
    for (const auto& [id, value] : remedy.edits)
        if (panel_->params().schema().find(id)) before_remedy_[id] = panel_->params().value(id);
    panel_->apply(remedy.edits, text(remedy.label));
    remedy_index_ = context_.undo_stack().index();
    health_->show_applied(text(remedy.label));
}

void TrainPage::undo_remedy() {
    QUndoStack& stack = context_.undo_stack();
    // Later edits stay; only what the remedy changed goes back.
    if (stack.index() == remedy_index_)
        stack.undo();
    else
        panel_->apply(before_remedy_, tr("remedy taken back"));
    remedy_index_ = -1;
}

void TrainPage::go_to_best(const Patch& edits) {
    const auto checkpoints = shown_->checkpoints();
    const bool judged = std::any_of(checkpoints.begin(), checkpoints.end(),
                                    [](const auto& one) { return one.best; });
    if (!judged) {
        tell(tr("No checkpoint of this run has been judged yet, so none is the best. Set "
                "“Evaluate every” to have that done."),
             true);
        return;
    }
    const Derivation wanted{.kind = Derivation::Kind::Branch,
                            .directory = text(shown_->directory().string()),
                            .name = tr("%1, from the best").arg(text(shown_->info().name)),
                            .at = CheckpointChoice::best(),
                            .overrides = edits};
    if (!controller_.active()) {
        derive(wanted);
        return;
    }
    after_stop_ = wanted;
    tell(tr("Saving this run; a new one then goes on from its best checkpoint."));
    controller_.stop();
}

void TrainPage::derive(const Derivation& wanted) {
    if (controller_.active()) {
        tell(tr("A run is in progress: stop it before starting another."), true);
        return;
    }
    if (wanted.kind == Derivation::Kind::Weights && !context_.dataset()) {
        tell(tr("Choose the dataset that it should learn from first."), true);
        Q_EMIT context_.page_requested(QStringLiteral("dataset"));
        return;
    }
    loading_.start(
        [wanted, runs = context_.workspace().runs(),
         data = context_.dataset()]() -> Result<std::pair<PreparedRun, ParamSet>> {
            const auto folder = RunFolder::fresh(runs, wanted.name.toStdString());
            auto prepared = prepare(wanted, folder.path(), data);
            if (!prepared) return prepared.error();
            auto params = current_params(*prepared->options.experiment);
            if (!params) return params.error();
            return std::pair(*std::move(prepared), *std::move(params));
        },
        [this](Result<std::pair<PreparedRun, ParamSet>> made) {
            if (!made) {
                tell(text(made.error().message), true);
                return;
            }
            if (controller_.active()) return;  // started while this was being made
            panel_->set_params(made->second, tr("settings of a run"));
            begin(std::move(made->first), true);
        });
}

}  // namespace pentimento::ui
