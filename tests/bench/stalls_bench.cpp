// The studio in use: goes through what a person does, in the real window with real runs, and tells
// for each act the longest time that the window did not answer. The aim is 50 ms.
#include <QDir>
#include <QScrollBar>
#include <vector>

#include "tests/bench/style_acts.h"
#include "ui/dialogs/compare_dialog.h"
#include "ui/dialogs/family_gallery.h"
#include "ui/dialogs/mask_dialog.h"
#include "ui/pages/dataset/contents_view.h"
#include "ui/pages/dataset_page.h"
#include "ui/pages/runs_page.h"
#include "ui/pages/style/mask_control.h"
#include "ui/pages/style/shelf.h"
#include "ui/pages/train_page.h"
#include "ui/plots/plot_deck.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_well.h"
#include "ui/widgets/sample_gallery.h"
#include "ui/widgets/thumbnail_grid.h"

using namespace pentimento;
using namespace pentimento::bench;

namespace {

constexpr const char* kPages[] = {"welcome", "dataset", "train", "style", "runs"};

void tour(Studio& studio) {
    for (const char* id : kPages) studio.show(id, 150);
}

void train(Acts& acts, Studio& studio) {
    auto& page = studio.page<ui::TrainPage>("train");
    ui::RunController& run = *page.run_controller();
    acts.act("import of the emoji, and training begins", [&] {
        click([&] {
            Q_EMIT studio.context.import_requested(QStringLiteral("emoji"), true,
                                                   QStringLiteral("emoji-32"));
        });
        must(wait_for([&] { return run.active() && run.progress().step > 3; }), "training");
    });
    acts.act("training, ten seconds", [&] { let_run(10'000); });
    acts.act("training, all pages shown", [&] { tour(studio); });
    studio.show("train", 150);
    acts.act("training, settings changed", [&] {
        for (const double rate : {3e-4, 2e-4, 1e-4})
            click([&] { page.panel().apply({{"lr_g", rate}}, QStringLiteral("change")); }, 400);
        click([&] { page.panel().set_show_advanced(true); });
        click([&] { page.panel().set_filter(QStringLiteral("rate")); });
        click([&] { page.panel().set_filter({}); });
        click([&] { page.panel().set_show_advanced(false); });
    });
    acts.act("training, plots shown and hidden", [&] {
        for (const QString& group : page.deck().groups())
            for (const bool on : {true, false})
                click([&] { page.deck().set_shown(group, on); });
        for (const QString& group : page.deck().groups()) page.deck().set_shown(group, true);
    });
    acts.act("training, samples scrubbed", [&] {
        for (int i = 0; i <= page.gallery().sample_count(); ++i)
            click([&] { page.gallery().set_position(i); }, 20);
    });
    acts.act("training, the window resized", [&] {
        for (const int width : {1100, 1700, 1300, 1440})
            click([&] { studio.window->resize(width, 900); });
    });
    acts.act("training, between dark and light", [&] {
        for (const auto mode : {ui::theme::Mode::Dark, ui::theme::Mode::Light})
            click([&] { ui::theme::set_mode(mode); }, 500);
    });
    acts.act("paused, a step, resumed, stopped", [&] {
        click([&] { page.pause_or_resume(); }, 1000);
        click([&] { run.step_once(); }, 1000);
        click([&] { page.pause_or_resume(); }, 1000);
        click([&] { run.stop(); });
        must(wait_for([&] { return !run.active(); }), "the training's end");
    });
    acts.act("families of GANs", [&] {
        ui::FamilyGallery* gallery = nullptr;
        click(
            [&] {
                gallery = &page.gallery_of_families();
                gallery->show();
            },
            2000);
        click([&] { gallery->choose(QStringLiteral("stylegan2")); }, 3000);
        click([&] { gallery->hide(); });
    });
}

void look_at_data(Acts& acts, Studio& studio) {
    auto& page = studio.page<ui::DatasetPage>("dataset");
    acts.act("dataset scrolled", [&] {
        studio.show("dataset");
        QScrollBar& bar = *page.contents_view().grid().verticalScrollBar();
        for (int i = 0; i <= 40; ++i)
            click([&] { bar.setValue(bar.maximum() * i / 40); }, 30);
    });
}

void blend(Acts& acts, Studio& studio) {
    auto& page = studio.page<ui::StylePage>("style");
    const QDir samples(QStringLiteral(":/samples"));
    const QStringList contents = samples.entryList({QStringLiteral("content*")});
    const QStringList styles = samples.entryList({QStringLiteral("style*")});
    must(contents.size() > 0 && styles.size() > 1, "finding the sample pictures");
    acts.act("pictures into the wells, instant blends", [&] {
        studio.show("style");
        click([&] { page.inputs().content().load(samples.filePath(contents[0])); });
        click([&] { page.inputs().style(0).load(samples.filePath(styles[0])); }, 1000);
        click([&] { page.inputs().style(1).load(samples.filePath(styles[1])); }, 1000);
        wait_for_blend(page);
    });
    drag_strength(acts, page);
    acts.act("mask painted", [&] {
        click([&] { page.inputs().mask(0).paint(); }, 500);
        auto* dialog = studio.window->findChild<ui::MaskDialog*>();
        must(dialog, "the mask's dialog");
        click([&] { dialog->accept(); });
        wait_for_blend(page);
    });
    refine(acts, "refinement, to its end", page, "384", "60");
    acts.act("library and results", [&] {
        for (const auto tab : {ui::StyleShelf::Tab::Results, ui::StyleShelf::Tab::Library})
            click([&] { page.shelf().show_tab(tab); }, 500);
    });
    look_at_export(acts, page);
}

void look_at_runs(Acts& acts, Studio& studio) {
    auto& page = studio.page<ui::RunsPage>("runs");
    std::vector<std::filesystem::path> directories;
    QString gan;
    for (const Experiment& run : list_experiments(studio.context.workspace().runs()))
        if (run.info().kind == "gan") {
            directories.push_back(run.directory());
            gan = QString::fromStdString(run.directory().string());
        }
    must(!directories.empty(), "a run");
    directories.push_back(directories.front());  // two of the same are enough to draw
    acts.act("runs, one chosen and opened", [&] {
        studio.show("runs");
        click([&] { page.choose({gan}); }, 500);
        click([&] { Q_EMIT studio.context.open_run_requested(gan, false); }, 1500);
    });
    auto runs = ui::load_comparison(directories);
    must(runs.ok(), "reading the runs");
    std::unique_ptr<ui::CompareDialog> dialog;
    acts.act("runs compared", [&] {
        click(
            [&] {
                dialog = std::make_unique<ui::CompareDialog>(*std::move(runs));
                dialog->show();
            },
            1000);
        click([&] { dialog.reset(); });
    });
}

}  // namespace

int main(int argc, char** argv) {
    prepare_process();
    TimedApplication app(argc, argv);
    Studio studio(app);
    Acts acts(app, "longest stall of the studio in use");
    acts.act("all pages shown for the first time", [&] { tour(studio); });
    acts.act("all pages shown again", [&] { tour(studio); });
    train(acts, studio);
    look_at_data(acts, studio);
    blend(acts, studio);
    look_at_runs(acts, studio);
    return 0;
}
