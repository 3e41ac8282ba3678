// Goes through the pages as a person would, and grabs each.
#include "ui/screenshots.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QEventLoop>
#include <QTimer>
#include <functional>

#include "ui/main_window.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/weights_chooser.h"
#include "ui/pages/style_page.h"
#include "ui/pages/train_page.h"
#include "ui/run_controller.h"
#include "ui/theme.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_well.h"

namespace pentimento::ui {

namespace {

constexpr QSize kSize{1440, 900};
constexpr int kSettle = 500;  // thumbnails and plots follow on timers

void let_run(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

bool wait_for(const std::function<bool()>& done, int seconds) {
    const QDeadlineTimer deadline(seconds * 1000);
    while (!done()) {
        if (deadline.hasExpired()) return false;
        let_run(50);
    }
    return true;
}

Status grab(MainWindow& window, const QString& page, const QString& directory) {
    window.show_page(page);
    for (const auto& [mode, suffix] :
         {std::pair(theme::Mode::Light, "light"), std::pair(theme::Mode::Dark, "dark")}) {
        theme::set_mode(mode);
        let_run(kSettle);
        const QString path =
            QStringLiteral("%1/%2-%3.png").arg(directory, page, QLatin1String(suffix));
        if (!window.grab().save(path))
            return Error{ErrorCode::Io,
                         "The screenshot " + path.toStdString() + " could not be written.",
                         {}};
    }
    return {};
}

Status train(MainWindow& window, StudioContext& context, const ScreenshotOptions& options) {
    Q_EMIT context.import_requested(QStringLiteral("emoji"), true, QStringLiteral("emoji-32"));
    RunController& run = *window.train_page().run_controller();
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
    const ParamSpec* rate = window.train_page().panel().params().schema().find("lr_g");
    if (rate && run.active()) run.edit({{"lr_g", 2e-4}});  // leaves a mark on the plots
    wait_for(reached(1), options.seconds / 2);
    return {};
}

/// The sample pictures, blended for as long as a short run takes.
void blend(MainWindow& window, const ScreenshotOptions& options) {
    auto& style = *static_cast<StylePage*>(window.page(QStringLiteral("style")));
    window.show_page(QStringLiteral("style"));
    const QDir samples(QStringLiteral(":/samples"));
    const QStringList contents =
        samples.entryList({QStringLiteral("content*")}, QDir::Files, QDir::Name);
    const QStringList styles =
        samples.entryList({QStringLiteral("style*")}, QDir::Files, QDir::Name);
    if (contents.isEmpty() || styles.isEmpty()) return;
    style.inputs().content().load(samples.filePath(contents.first()));
    style.inputs().style(0).load(samples.filePath(styles.first()));
    style.weights().choose(options.weights);
    wait_for([&] { return style.blocked().isEmpty(); }, 20);
    ParamSet params = style.panel().params();
    (void)params.set_text("size", "256");
    (void)params.set_text("steps", "60");
    style.panel().set_params(params);
    style.blend();
    wait_for([&] { return style.controller().active(); }, 10);
    wait_for([&] { return !style.controller().active(); }, options.seconds);
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
    const auto grab_page = [&](const char* page) {
        return grab(window, QLatin1String(page), options.directory);
    };
    if (const Status trained = train(window, context, options); !trained) return trained;
    if (const Status done = grab_page("train"); !done) return done;
    window.train_page().run_controller()->stop();
    wait_for([&] { return !window.train_page().run_controller()->active(); }, options.seconds);
    if (!options.weights.isEmpty()) blend(window, options);
    for (const char* page : {"dataset", "style", "runs", "welcome"})
        if (const Status done = grab_page(page); !done) return done;
    return {};
}

}  // namespace pentimento::ui
