// Goes through the pages as a person would, and grabs each.
#include "ui/screenshots.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QEventLoop>
#include <QTemporaryDir>
#include <QTimer>
#include <functional>

#include "ui/dialogs/checkpoint_dialog.h"
#include "ui/dialogs/compare_dialog.h"
#include "ui/dialogs/family_gallery.h"
#include "ui/dialogs/mask_dialog.h"
#include "ui/dialogs/painter_dialog.h"
#include "ui/dialogs/series_dialog.h"
#include "ui/main_window.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style/mask_control.h"
#include "ui/pages/style/painter_chooser.h"
#include "ui/pages/style/shelf.h"
#include "ui/pages/style/weights_chooser.h"
#include "ui/pages/style_page.h"
#include "ui/pages/train_page.h"
#include "ui/run_controller.h"
#include "ui/theme.h"
#include "ui/widgets/health_panel.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_view.h"
#include "ui/widgets/picture_well.h"

namespace pentimento::ui {

namespace {

TrainPage& train_page(MainWindow& window) {
    return *static_cast<TrainPage*>(window.page(QStringLiteral("train")));
}

constexpr QSize kSize{1440, 900};
constexpr int kSettle = 500;  // thumbnails and plots follow on timers, and those on others

void let_run(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

void settle() {
    for (int i = 0; i < 3; ++i) let_run(kSettle);
}

bool wait_for(const std::function<bool()>& done, int seconds) {
    const QDeadlineTimer deadline(seconds * 1000);
    while (!done()) {
        if (deadline.hasExpired()) return false;
        let_run(50);
    }
    return true;
}

/// Light and dark, as <name>-light.png and <name>-dark.png.
Status grab(QWidget& widget, const QString& name, const QString& directory) {
    for (const auto& [mode, suffix] :
         {std::pair(theme::Mode::Light, "light"), std::pair(theme::Mode::Dark, "dark")}) {
        theme::set_mode(mode);
        settle();
        const QString path =
            QStringLiteral("%1/%2-%3.png").arg(directory, name, QLatin1String(suffix));
        if (!widget.grab().save(path))
            return Error{ErrorCode::Io,
                         "The screenshot " + path.toStdString() + " could not be written.",
                         {}};
    }
    return {};
}

Status grab_page(MainWindow& window, const QString& page, const QString& directory) {
    window.show_page(page);
    return grab(window, page, directory);
}

/// The gallery with its first family that fits, drawn and measured.
Status grab_families(MainWindow& window, const ScreenshotOptions& options) {
    FamilyGallery& gallery = train_page(window).gallery_of_families();
    gallery.show();
    wait_for([&] { return gallery.details().cost().contains(QStringLiteral("On this device")); },
             options.seconds / 2);
    const Status done = grab(gallery, QStringLiteral("families"), options.directory);
    gallery.hide();
    return done;
}

/// A training that goes wrong on purpose, so that the health panel has something to say.
void train_badly(MainWindow& window, const ScreenshotOptions& options) {
    TrainPage& page = train_page(window);
    RunController& run = *page.run_controller();
    (void)wait_for([&] { return !run.active(); }, options.seconds);
    ParamSet params = page.panel().params();
    // Narrow networks and few pictures at a time, so that it goes wrong within seconds.
    for (const auto& [id, value] :
         {std::pair("lr_d", "3e-3"), std::pair("lr_g", "1e-5"), std::pair("label_smoothing", "0"),
          std::pair("metrics_every", "1"), std::pair("batch", "8"), std::pair("width", "8")})
        (void)params.set_text(id, value);
    page.panel().set_params(params);
    page.start();
    wait_for([&] { return run.active(); }, options.seconds);
    wait_for([&] { return page.health().mood() == HealthPanel::Mood::Trouble || !run.active(); },
             4 * options.seconds);  // some seventy steps, which a busy machine takes minutes for
}

/// What the Runs page opens: a comparison of the runs so far, and the checkpoints of one.
Status grab_run_dialogs(StudioContext& context, const ScreenshotOptions& options) {
    std::vector<std::filesystem::path> directories;
    for (const Experiment& run : list_experiments(context.workspace().runs()))
        if (run.info().kind == "gan") directories.push_back(run.directory());
    if (directories.size() < 2) return {};
    const auto runs = load_comparison(directories);
    if (!runs) return runs.error();
    // A dialog keeps the colours of the theme that it was opened in.
    for (const auto mode : {theme::Mode::Light, theme::Mode::Dark}) {
        theme::set_mode(mode);
        CompareDialog compare(*runs);
        compare.show();
        settle();
        const QString name = mode == theme::Mode::Dark ? QStringLiteral("compare-dark.png")
                                                       : QStringLiteral("compare-light.png");
        if (!compare.grab().save(QDir(options.directory).filePath(name)))
            return Error{
                ErrorCode::Io, "The screenshot of the comparison could not be written.", {}};
    }
    const auto run = Experiment::open(directories.front());
    if (!run) return run.error();
    CheckpointDialog branch(Derivation::Kind::Branch, *run, run->checkpoints());
    branch.show();
    return grab(branch, QStringLiteral("branch"), options.directory);
}

Status train(MainWindow& window, StudioContext& context, const ScreenshotOptions& options) {
    Q_EMIT context.import_requested(QStringLiteral("emoji"), true, QStringLiteral("emoji-32"));
    RunController& run = *train_page(window).run_controller();
    if (!wait_for([&] { return run.active(); }, options.seconds))
        return Error{
            ErrorCode::NotFound,
            "The emoji could not be imported; is the package fonts-noto-color-emoji installed?",
            {}};
    const auto reached = [&](double share) {
        return [&run, wanted = static_cast<std::int64_t>(share * options.training_steps)] {
            return run.progress().step >= wanted || !run.active();
        };
    };
    wait_for(reached(0.5), options.seconds);
    const ParamSpec* rate = train_page(window).panel().params().schema().find("lr_g");
    if (rate && run.active()) run.edit({{"lr_g", 2e-4}});  // leaves a mark on the plots
    wait_for(reached(1), options.seconds / 2);
    return {};
}

StylePage& style_page(MainWindow& window) {
    window.show_page(QStringLiteral("style"));
    return *static_cast<StylePage*>(window.page(QStringLiteral("style")));
}

/// The sample pictures; false when this build has none.
bool fill_wells(InputsPanel& inputs) {
    const QDir samples(QStringLiteral(":/samples"));
    const QStringList contents =
        samples.entryList({QStringLiteral("content*")}, QDir::Files, QDir::Name);
    const QStringList styles =
        samples.entryList({QStringLiteral("style*")}, QDir::Files, QDir::Name);
    if (contents.isEmpty() || styles.isEmpty()) return false;
    inputs.content().load(samples.filePath(contents.first()));
    inputs.style(0).load(samples.filePath(styles.first()));
    return wait_for([&] { return !inputs.loading(); }, 20);
}

/// A mask over the upper part of the content, as somebody might have begun one.
Status grab_mask_dialog(MainWindow& window, const ScreenshotOptions& options) {
    StylePage& style = style_page(window);
    if (!style.inputs().content().picture() && !fill_wells(style.inputs())) return {};
    MaskDialog* dialog = style.inputs().mask(0).paint();
    if (!dialog) return {};
    dialog->view().edit([](MaskCanvas& canvas) {
        const QSizeF size = canvas.size();
        const auto at = [&](double x, double y) {
            return QPointF(x * size.width(), y * size.height());
        };
        QRect changed = canvas.begin_stroke(at(0.05, 0.1), {0.3 * size.height(), 0.6, false});
        for (const QPointF to : {at(0.6, 0.08), at(0.95, 0.2), at(0.5, 0.3), at(0.1, 0.25)})
            changed |= canvas.stroke_to(to);
        canvas.end_stroke();
        return changed;
    });
    wait_for([&] { return !style.instant().busy(); }, 20);
    const Status done = grab(*dialog, QStringLiteral("mask"), options.directory);
    dialog->accept();
    wait_for([&] { return !style.inputs().loading(); }, 10);
    return done;
}

/// The sample pictures, blended for as long as a short run takes.
void blend(MainWindow& window, const ScreenshotOptions& options) {
    StylePage& style = style_page(window);
    if (!fill_wells(style.inputs())) return;
    style.weights().choose(options.weights);
    wait_for([&] { return style.blocked().isEmpty(); }, 20);
    ParamSet params = style.panel().params();
    (void)params.set_text("size", "384");
    (void)params.set_text("steps", "150");
    (void)params.set_text("init", "instant");
    style.panel().set_params(params);
    style.blend();
    wait_for([&] { return style.controller().active(); }, 10);
    wait_for([&] { return !style.controller().active(); }, options.seconds);
}

/// What is asked before many pictures are painted.
Status grab_series(MainWindow& window, const ScreenshotOptions& options) {
    StylePage& style = style_page(window);
    const QTemporaryDir film;  // of three frames
    QDir(film.path()).mkdir(QStringLiteral("holiday"));
    const QImage frame = to_image(style.inputs().content().picture()->frame);
    for (int i = 1; i <= 3; ++i)
        frame.save(film.filePath(QStringLiteral("holiday/frame-%1.png").arg(i)));
    style.plan_series({film.filePath(QStringLiteral("holiday"))});
    auto* dialog = window.findChild<SeriesDialog*>();
    if (!dialog) return Error{ErrorCode::Internal, "The Style page asked for no series.", {}};
    wait_for([&] { return !dialog->looking(); }, 10);
    dialog->frames_button().click();
    settle();
    const Status done = grab(*dialog, QStringLiteral("series"), options.directory);
    dialog->reject();
    return done;
}

/// What a painter learns, and what one paints where there is one.
Status grab_painter(MainWindow& window, const ScreenshotOptions& options) {
    StylePage& style = style_page(window);
    style.plan_painter();
    if (auto* dialog = window.findChild<PainterDialog*>()) {
        const Status done = grab(*dialog, QStringLiteral("painter"), options.directory);
        dialog->reject();
        if (!done) return done;
    }
    style.panel().apply({{"method", std::string("painter")}, {"size", std::int64_t{512}}}, {});
    wait_for([&] { return !style.painters().busy(); }, 10);
    settle();
    wait_for([&] { return !style.instant().busy(); }, 20);
    const Status done = grab(window, QStringLiteral("style-painter"), options.directory);
    style.panel().apply({{"method", std::string("optimise")}}, {});
    return done;
}

Status grab_style(MainWindow& window, const ScreenshotOptions& options) {
    StylePage& style = style_page(window);
    if (!options.only.isEmpty())  // for eyes, not for the guide
        if (const Status done = grab(window, QStringLiteral("style-empty"), options.directory);
            !done)
            return done;
    blend(window, options);
    if (const Status done = grab_page(window, QStringLiteral("style"), options.directory); !done)
        return done;
    if (const Status done = grab_mask_dialog(window, options); !done) return done;
    wait_for([&] { return !style.instant().busy(); }, 20);
    style.shelf().show_tab(StyleShelf::Tab::Results);
    if (const Status done = grab(window, QStringLiteral("results"), options.directory); !done)
        return done;
    style.shelf().show_tab(StyleShelf::Tab::Library);
    if (const Status done = grab_series(window, options); !done) return done;
    return grab_painter(window, options);
}

}  // namespace

Status take_screenshots(MainWindow& window, StudioContext& context,
                        const ScreenshotOptions& options) {
    if (!QDir().mkpath(options.directory))
        return Error{ErrorCode::Io,
                     "The folder " + options.directory.toStdString() + " could not be made.",
                     {}};
    window.resize(kSize);
    window.show();
    const auto page = [&](const char* id) {
        return grab_page(window, QLatin1String(id), options.directory);
    };
    const auto stop = [&] {
        train_page(window).run_controller()->stop();
        wait_for([&] { return !train_page(window).run_controller()->active(); }, options.seconds);
    };
    if (options.only == QStringLiteral("style")) return grab_style(window, options);
    if (const Status trained = train(window, context, options); !trained) return trained;
    if (const Status done = page("train"); !done) return done;
    stop();
    if (const Status done = grab_families(window, options); !done) return done;
    train_badly(window, options);
    if (const Status done = grab(window, QStringLiteral("health"), options.directory); !done)
        return done;
    stop();
    if (const Status done = grab_run_dialogs(context, options); !done) return done;
    if (const Status done = grab_style(window, options); !done) return done;
    for (const char* id : {"dataset", "runs", "welcome"})
        if (const Status done = page(id); !done) return done;
    return {};
}

}  // namespace pentimento::ui
