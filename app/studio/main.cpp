// The studio: reads the command line, opens the window.
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QSettings>
#include <QTimer>
#include <cstdio>

#include "core/base/allocator.h"
#include "ui/engine.h"
#include "ui/engine_loader.h"
#include "ui/main_window.h"
#include "ui/painting_threads.h"
#include "ui/preferences.h"
#include "ui/screenshots.h"
#include "ui/stall_watch.h"
#include "ui/studio_context.h"
#include "ui/theme.h"

using namespace pentimento;

namespace {

int fail(const Error& error) {
    std::fprintf(stderr, "pentimento: %s\n", error.message.c_str());
    return 1;
}

/// For tests/bench/startup.py, which knows when the program was started. With the longest time that
/// the window did not answer while the engine was loaded.
void tell_when_ready(const ui::EngineLoader& loader, ui::StudioContext& context) {
    const auto say = [](const char* what) {
        std::puts(what);
        std::fflush(stdout);
    };
    QObject::connect(&loader, &ui::EngineLoader::painted, &context, [&context, say] {
        say("painted");
        auto* stalls = new ui::StallWatch(&context);
        QObject::connect(&context, &ui::StudioContext::engine_loaded, &context, [=, &context] {
            say("loaded");
            QTimer::singleShot(1000, &context, [=] {
                std::printf("longest stall %lld ms\n", stalls->longest_stall());
                std::fflush(stdout);
                delete stalls;  // it beats often
            });
        });
    });
}

}  // namespace

int main(int argc, char** argv) {
    keep_freed_memory();
    QApplication::setHighDpiScaleFactorRoundingPolicy(
        Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication app(argc, argv);
    ui::start_painting_threads();
    QApplication::setOrganizationName(QStringLiteral("Pentimento"));
    QApplication::setApplicationName(QStringLiteral("pentimento"));
    QApplication::setApplicationDisplayName(QStringLiteral("Pentimento"));
    QApplication::setApplicationVersion(QStringLiteral(PENTIMENTO_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("pentimento"));

    QCommandLineParser parser;
    parser.setApplicationDescription(QApplication::translate(
        "main", "A studio for interactive GAN and style-transfer experiments."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(
        QStringLiteral("path"),
        QApplication::translate("main",
                                "A folder or archive of pictures, a picture, or a run's folder."),
        QStringLiteral("[path]"));
    const QCommandLineOption home(
        QStringLiteral("home"), QApplication::translate("main", "Keep runs and datasets in <dir>."),
        QStringLiteral("dir"));
    const QCommandLineOption screenshots(
        QStringLiteral("screenshots"),
        QApplication::translate("main",
                                "Save pictures of every page from a short run to <dir> and quit."),
        QStringLiteral("dir"));
    const QCommandLineOption weights(
        QStringLiteral("weights"),
        QApplication::translate("main", "Feature network (safetensors) for style transfer."),
        QStringLiteral("file"));
    const QCommandLineOption smoke(
        QStringLiteral("smoke"),
        QApplication::translate("main", "Quit after <seconds>, for tests."),
        QStringLiteral("seconds"));
    const QCommandLineOption time_start(
        QStringLiteral("time-start"),
        QApplication::translate("main",
                                "Print when the window is painted and when all is loaded."));
    const QCommandLineOption only(
        QStringLiteral("only"),
        QApplication::translate("main", "With --screenshots: of the Style page alone (\"style\")."),
        QStringLiteral("page"));
    parser.addOptions({home, screenshots, weights, smoke, only, time_start});
    parser.process(app);

    Workspace workspace = Workspace::standard();
    if (parser.isSet(home)) workspace.root = QDir(parser.value(home)).absolutePath().toStdString();
    // Pictures for the documentation shall not depend on, or change, anybody's settings.
    if (parser.isSet(screenshots) || parser.isSet(smoke)) {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope,
                           QDir::tempPath() + QStringLiteral("/pentimento-settings"));
        QSettings().clear();
    }
    ui::theme::install();
    ui::theme::set_mode(static_cast<ui::theme::Mode>(
        ui::preferences::value(QStringLiteral("theme"), static_cast<int>(ui::theme::Mode::System))
            .toInt()));

    ui::StudioContext context(std::move(workspace));
    if (parser.isSet(screenshots)) {
        const auto engine = ui::EngineLoader::load();
        if (!engine) return fail(engine.error());
        context.set_engine(*engine);
        ui::MainWindow window(context);
        const ui::ScreenshotOptions options{.directory = parser.value(screenshots),
                                            .weights = parser.value(weights),
                                            .only = parser.value(only)};
        const Status taken = (*engine)->take_screenshots(window, context, options);
        return taken ? 0 : fail(taken.error());
    }
    ui::MainWindow window(context);
    const ui::EngineLoader loader(window, context);
    if (parser.isSet(time_start)) tell_when_ready(loader, context);
    window.show();
    const QStringList paths = parser.positionalArguments();
    if (!paths.isEmpty()) window.open_path(paths.first());
    if (parser.isSet(smoke))
        QTimer::singleShot(parser.value(smoke).toInt() * 1000, &window, &QWidget::close);
    return QApplication::exec();
}
