// The studio under a hand: goes through what a person does, in the real window with real runs, and
// tells for each act the longest time that the window did not answer. The aim is 50 ms.
// Beside it, what the window was doing the longest: the event, and whose it was. Where that is much
// shorter than the stall, the window waited for a processor.
#include <QApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QSettings>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "core/base/allocator.h"
#include "tests/bench/result.h"
#include "ui/dialogs/compare_dialog.h"
#include "ui/dialogs/family_gallery.h"
#include "ui/dialogs/mask_dialog.h"
#include "ui/engine.h"
#include "ui/main_window.h"
#include "ui/pages/dataset/contents_view.h"
#include "ui/pages/dataset_page.h"
#include "ui/pages/runs_page.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style/mask_control.h"
#include "ui/pages/style/shelf.h"
#include "ui/pages/style_page.h"
#include "ui/pages/train_page.h"
#include "ui/plots/plot_deck.h"
#include "ui/stall_watch.h"
#include "ui/theme.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_well.h"
#include "ui/widgets/sample_gallery.h"
#include "ui/widgets/thumbnail_grid.h"

using namespace pentimento;

namespace {

/// Knows which event took the longest.
class TimedApplication : public QApplication {
  public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override {
        if (depth_ > 0 || !counting) return QApplication::notify(receiver, event);
        const std::string name = receiver->metaObject()->className();
        const std::string parent =
            receiver->parent() ? receiver->parent()->metaObject()->className() : "";
        const int type = event->type();
        QElapsedTimer clock;
        clock.start();
        ++depth_;
        const bool used = QApplication::notify(receiver, event);
        --depth_;
        if (const double took = static_cast<double>(clock.nsecsElapsed()) / 1e6; took > longest) {
            longest = took;
            what = name + (parent.empty() ? "" : " of " + parent) + ", event " +
                   std::to_string(type);
        }
        return used;
    }

    bool counting = false;
    double longest = 0;  ///< ms
    std::string what;

  private:
    int depth_ = 0;
};

void let_run(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
}

void must(bool ok, const char* what) {
    if (ok) return;
    std::fprintf(stderr, "%s did not happen\n", what);
    std::exit(1);
}

bool wait_for(const std::function<bool()>& done, int seconds = 120) {
    const QDeadlineTimer deadline(seconds * 1000);
    while (!done()) {
        if (deadline.hasExpired()) return false;
        let_run(10);
    }
    return true;
}

/// Acts one after the other, each in turns of the event loop as a person's would be.
class Acts {
  public:
    explicit Acts(TimedApplication& app) : app_(app) {
        std::printf("| what | longest stall, ms | longest event, ms | whose |\n|---|---|---|---|\n");
    }
    void act(const char* name, const std::function<void()>& body) {
        let_run(300);  // what the act before has left
        app_.longest = 0;
        app_.what.clear();
        app_.counting = true;
        ui::StallWatch watch;
        body();
        let_run(300);
        const auto stall = static_cast<double>(watch.longest_stall());
        app_.counting = false;
        std::printf("| %s | %.0f | %.1f | %s |\n", name, stall, app_.longest, app_.what.c_str());
        std::fflush(stdout);
        longest_ = std::max(longest_, stall);
    }
    ~Acts() { tell_result("longest stall of the studio in use", longest_, "ms"); }

  private:
    TimedApplication& app_;
    double longest_ = 0;
};

/// Runs `step` from a timer's event, as a click or a key would come.
void click(const std::function<void()>& step, int rest = 150) {
    QTimer::singleShot(0, qApp, step);
    let_run(rest);
}

constexpr const char* kPages[] = {"welcome", "dataset", "train", "style", "runs"};

void tour(ui::MainWindow& window) {
    for (const char* id : kPages) click([&] { window.show_page(QLatin1String(id)); });
}

void train(Acts& acts, ui::MainWindow& window, ui::StudioContext& context) {
    auto& page = *static_cast<ui::TrainPage*>(window.page(QStringLiteral("train")));
    ui::RunController& run = *page.run_controller();
    acts.act("import of the emoji, and training begins", [&] {
        click([&] {
            Q_EMIT context.import_requested(QStringLiteral("emoji"), true,
                                            QStringLiteral("emoji-32"));
        });
        must(wait_for([&] { return run.active() && run.progress().step > 3; }), "training");
    });
    acts.act("training, ten seconds", [&] { let_run(10'000); });
    acts.act("training, all pages shown", [&] { tour(window); });
    click([&] { window.show_page(QStringLiteral("train")); });
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
            click([&] { window.resize(width, 900); });
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

void look_at_data(Acts& acts, ui::MainWindow& window) {
    auto& page = *static_cast<ui::DatasetPage*>(window.page(QStringLiteral("dataset")));
    acts.act("dataset scrolled", [&] {
        click([&] { window.show_page(QStringLiteral("dataset")); }, 500);
        QScrollBar& bar = *page.contents_view().grid().verticalScrollBar();
        for (int i = 0; i <= 40; ++i)
            click([&] { bar.setValue(bar.maximum() * i / 40); }, 30);
    });
}

void blend(Acts& acts, ui::MainWindow& window) {
    auto& page = *static_cast<ui::StylePage*>(window.page(QStringLiteral("style")));
    const QDir samples(QStringLiteral(":/samples"));
    const QStringList contents = samples.entryList({QStringLiteral("content*")});
    const QStringList styles = samples.entryList({QStringLiteral("style*")});
    must(contents.size() > 0 && styles.size() > 1, "finding the sample pictures");
    acts.act("pictures into the wells, instant blends", [&] {
        click([&] { window.show_page(QStringLiteral("style")); }, 500);
        click([&] { page.inputs().content().load(samples.filePath(contents[0])); });
        click([&] { page.inputs().style(0).load(samples.filePath(styles[0])); }, 1000);
        click([&] { page.inputs().style(1).load(samples.filePath(styles[1])); }, 1000);
        must(wait_for([&] { return !page.inputs().loading() && !page.instant().busy(); }),
             "an instant blend");
    });
    acts.act("strength's slider dragged", [&] {
        for (int i = 0; i < 60; ++i)
            click([&] { page.panel().apply({{"strength", 0.4 + 0.01 * i}}, {}); }, 16);
        must(wait_for([&] { return !page.instant().busy(); }), "an instant blend");
    });
    acts.act("mask painted", [&] {
        click([&] { page.inputs().mask(0).paint(); }, 500);
        auto* dialog = window.findChild<ui::MaskDialog*>();
        must(dialog, "the mask's dialog");
        click([&] { dialog->accept(); });
        must(wait_for([&] { return !page.inputs().loading() && !page.instant().busy(); }),
             "the masked blend");
    });
    acts.act("refinement, to its end", [&] {
        click([&] {
            ParamSet params = page.panel().params();
            must(params.set_text("size", "384") && params.set_text("steps", "60"), "settings");
            page.panel().set_params(params);
            page.blend();
        });
        must(wait_for([&] { return page.controller().active(); }), "a refinement");
        must(wait_for([&] { return !page.controller().active(); }), "a refinement's end");
    });
    acts.act("library and results", [&] {
        for (const auto tab : {ui::StyleShelf::Tab::Results, ui::StyleShelf::Tab::Library})
            click([&] { page.shelf().show_tab(tab); }, 500);
    });
    acts.act("export's dialog", [&] {
        click([&] { page.export_picture(); }, 1000);
        auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget());
        must(dialog, "the export's dialog");
        click([&] { dialog->reject(); });
    });
}

void look_at_runs(Acts& acts, ui::MainWindow& window, ui::StudioContext& context) {
    auto& page = *static_cast<ui::RunsPage*>(window.page(QStringLiteral("runs")));
    std::vector<std::filesystem::path> directories;
    QString gan;
    for (const Experiment& run : list_experiments(context.workspace().runs()))
        if (run.info().kind == "gan") {
            directories.push_back(run.directory());
            gan = QString::fromStdString(run.directory().string());
        }
    must(!directories.empty(), "a run");
    directories.push_back(directories.front());  // two of the same are enough to draw
    acts.act("runs, one chosen and opened", [&] {
        click([&] { window.show_page(QStringLiteral("runs")); }, 500);
        click([&] { page.choose({gan}); }, 500);
        click([&] { Q_EMIT context.open_run_requested(gan, false); }, 1500);
    });
    const auto runs = ui::load_comparison(directories);
    must(runs.ok(), "reading the runs");
    std::unique_ptr<ui::CompareDialog> dialog;
    acts.act("runs compared", [&] {
        click([&] {
            dialog = std::make_unique<ui::CompareDialog>(*runs);
            dialog->show();
        }, 1000);
        click([&] { dialog.reset(); });
    });
}

}  // namespace

int main(int argc, char** argv) {
    keep_freed_memory();  // as both programs do
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    TimedApplication app(argc, argv);
    const QTemporaryDir folder;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.path());
    ui::theme::install();
    ui::theme::set_mode(ui::theme::Mode::Light);
    ui::StudioContext context(Workspace{folder.filePath(QStringLiteral("home")).toStdString()});
    context.set_engine(pentimento_engine());
    {
        ui::MainWindow window(context);
        window.resize(1440, 900);
        window.show();
        let_run(1000);
        Acts acts(app);
        acts.act("all pages shown for the first time", [&] { tour(window); });
        acts.act("all pages shown again", [&] { tour(window); });
        train(acts, window, context);
        look_at_data(acts, window);
        blend(acts, window);
        look_at_runs(acts, window, context);
        static_cast<ui::TrainPage*>(window.page(QStringLiteral("train")))->shut_down();
        static_cast<ui::StylePage*>(window.page(QStringLiteral("style")))->shut_down();
    }
    return 0;
}
