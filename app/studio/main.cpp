// The studio: reads the command line, opens the window.
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QSettings>
#include <QTimer>
#include <cstdio>

#include "ui/main_window.h"
#include "ui/screenshots.h"
#include "ui/studio_context.h"
#include "ui/theme.h"

using namespace pentimento;

namespace {

int fail(const Error& error) {
    std::fprintf(stderr, "pentimento: %s\n", error.message.c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    QApplication::setHighDpiScaleFactorRoundingPolicy(
        Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication app(argc, argv);
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
    const QCommandLineOption only(
        QStringLiteral("only"),
        QApplication::translate("main", "With --screenshots: of the Style page alone (\"style\")."),
        QStringLiteral("page"));
    parser.addOptions({home, screenshots, weights, smoke, only});
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
        QSettings()
            .value(QStringLiteral("theme"), static_cast<int>(ui::theme::Mode::System))
            .toInt()));

    ui::StudioContext context(std::move(workspace));
    ui::MainWindow window(context);
    if (parser.isSet(screenshots)) {
        const ui::ScreenshotOptions options{.directory = parser.value(screenshots),
                                            .weights = parser.value(weights),
                                            .only = parser.value(only)};
        const Status taken = ui::take_screenshots(window, context, options);
        return taken ? 0 : fail(taken.error());
    }
    window.show();
    const QStringList paths = parser.positionalArguments();
    if (!paths.isEmpty())
        QTimer::singleShot(0, &window, [&window, path = paths.first()] { window.open_path(path); });
    if (parser.isSet(smoke))
        QTimer::singleShot(parser.value(smoke).toInt() * 1000, &window, &QWidget::close);
    return QApplication::exec();
}
