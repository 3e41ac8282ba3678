// One application for all tests of the studio, without a display and without touching the settings
// of the person who runs them.
#include <gtest/gtest.h>

#include <QApplication>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>

#include "ui/painting_threads.h"
#include "ui/theme.h"

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    testing::InitGoogleTest(&argc, argv);
    QTemporaryDir settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    QStandardPaths::setTestModeEnabled(true);
    QApplication app(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Pentimento"));
    QApplication::setApplicationName(QStringLiteral("pentimento-tests"));
    pentimento::ui::start_painting_threads();
    pentimento::ui::theme::install();
    return RUN_ALL_TESTS();
}
