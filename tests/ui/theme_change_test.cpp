// Between light and dark in an open window: nothing of the old look stays, and nobody waits.
#include <gtest/gtest.h>

#include <QApplication>
#include <QStatusBar>
#include <QStyle>
#include <QTemporaryDir>
#include <QTest>
#include <QWindow>
#include <algorithm>
#include <cstddef>
#include <map>
#include <new>

#include "tests/ui/sampler.h"
#include "ui/engine.h"
#include "ui/main_window.h"
#include "ui/stall_watch.h"
#include "ui/theme.h"

namespace pentimento::ui {
namespace {

using test::Sampler;
using theme::Mode;

constexpr const char* kPages[] = {"welcome", "dataset", "train", "style", "runs"};

/// Everything but the status bar, whose figures of the machine change by themselves.
QImage picture_of(MainWindow& window) {
    return window.grab(window.rect().adjusted(0, 0, 0, -window.statusBar()->height())).toImage();
}

/// Once thumbnails and plots have followed.
QImage settled(MainWindow& window) {
    QImage last = picture_of(window);
    for (int i = 0; i < 50; ++i) {
        QTest::qWait(100);
        QImage now = picture_of(window);
        if (now == last) return now;
        last = std::move(now);
    }
    ADD_FAILURE() << "the page does not come to rest";
    return last;
}

std::string differences(const QImage& a, const QImage& b) {
    if (a.size() != b.size()) return "another size";
    QRect where;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x)
            if (a.pixel(x, y) != b.pixel(x, y)) where |= QRect(x, y, 1, 1);
    if (where.isNull()) return {};
    return "differs within " + std::to_string(where.x()) + ", " + std::to_string(where.y()) + ", " +
           std::to_string(where.width()) + " x " + std::to_string(where.height());
}

double share(const QImage& picture, const QColor& color) {
    int found = 0;
    for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x) found += picture.pixel(x, y) == color.rgb();
    return static_cast<double>(found) / (picture.width() * picture.height());
}

class ThemeChangeTest : public testing::Test {
  protected:
    ThemeChangeTest() : context(Workspace{home.path().toStdString()}) {
        QApplication::setCursorFlashTime(0);
        context.set_engine(pentimento_engine());
        theme::set_mode(Mode::Light);
    }
    ~ThemeChangeTest() override {
        window.reset();
        theme::set_mode(Mode::System);
    }
    void open_window() {
        window = std::make_unique<MainWindow>(context);
        window->resize(1280, 800);
        window->show();
        QApplication::setActiveWindow(window.get());
    }
    /// Each page as it is when nothing has been changed since the program's start.
    std::map<std::string, QImage> fresh_pages(Mode mode) {
        theme::set_mode(mode);
        open_window();
        std::map<std::string, QImage> pages;
        for (const char* id : kPages) {
            window->show_page(QLatin1String(id));
            (void)settled(*window);
        }
        for (const char* id : kPages) {
            window->show_page(QLatin1String(id));
            pages[id] = settled(*window);
            // The palette's, and the sheet's in the sidebar at least.
            EXPECT_GT(share(pages[id], theme::colors().window), 0.1) << id;
            EXPECT_GT(share(pages[id], theme::colors().surface), 0.1) << id;
        }
        return pages;
    }

    QTemporaryDir home;
    StudioContext context;
    std::unique_ptr<MainWindow> window;
};

TEST_F(ThemeChangeTest, APageInViewLooksAsAfterAFreshStart) {
    const auto dark = fresh_pages(Mode::Dark);
    window.reset();
    const auto light = fresh_pages(Mode::Light);
    for (const char* id : kPages) {
        window->show_page(QLatin1String(id));
        ASSERT_EQ(differences(light.at(id), settled(*window)), "") << id;
        theme::set_mode(Mode::Dark);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::MetaCall);  // plots
        EXPECT_EQ(differences(dark.at(id), picture_of(*window)), "") << id << ", at once";
        EXPECT_EQ(differences(dark.at(id), settled(*window)), "") << id << ", light to dark";
        theme::set_mode(Mode::Light);
        EXPECT_EQ(differences(light.at(id), settled(*window)), "") << id << ", and back";
    }
}

TEST_F(ThemeChangeTest, APageShownMeanwhileLooksRightAtOnce) {
    const auto dark = fresh_pages(Mode::Dark);
    window.reset();
    (void)fresh_pages(Mode::Light);
    for (const char* id : kPages) {
        theme::set_mode(Mode::Light);
        window->show_page(id == std::string("runs") ? QStringLiteral("welcome")
                                                    : QStringLiteral("runs"));
        (void)settled(*window);
        theme::set_mode(Mode::Dark);
        window->show_page(QLatin1String(id));
        // What comes before a window's painting in the same turn, such as a plot's.
        QCoreApplication::sendPostedEvents(nullptr, QEvent::MetaCall);
        EXPECT_EQ(differences(dark.at(id), picture_of(*window)), "") << id << ", at once";
        EXPECT_EQ(differences(dark.at(id), settled(*window)), "") << id << ", later";
    }
}

TEST_F(ThemeChangeTest, TheLastOfQuickChangesCounts) {
    const auto light = fresh_pages(Mode::Light);
    theme::set_mode(Mode::Dark);
    theme::set_mode(Mode::Light);
    for (const char* id : kPages) {
        window->show_page(QLatin1String(id));
        EXPECT_EQ(differences(light.at(id), settled(*window)), "") << id;
    }
}

TEST_F(ThemeChangeTest, NoHiddenWidgetKeepsTheOldColours) {
    (void)fresh_pages(Mode::Light);
    theme::set_mode(Mode::Dark);
    QTest::qWait(300);
    for (QWidget* widget : window->findChildren<QWidget*>()) {
        if (!widget->testAttribute(Qt::WA_WState_Polished)) continue;
        const QPalette palette = widget->palette();
        widget->style()->polish(widget);
        EXPECT_TRUE(palette == widget->palette())
            << widget->metaObject()->className() << " " << widget->objectName().toStdString();
    }
}

TEST_F(ThemeChangeTest, DialogsFollowWhetherOpenHiddenOrNew) {
    theme::set_mode(Mode::Dark);
    open_window();
    Sampler fresh(window.get());
    fresh.show();
    const QImage dark = fresh.picture();
    fresh.close();

    theme::set_mode(Mode::Light);
    Sampler open(window.get()), hidden(window.get()), alone;
    for (Sampler* dialog : {&open, &hidden, &alone}) {
        dialog->show();
        EXPECT_NE(differences(dark, dialog->picture()), "");
    }
    hidden.hide();
    theme::set_mode(Mode::Dark);
    Sampler made(window.get()), made_alone;
    for (Sampler* dialog : {&open, &hidden, &alone, &made, &made_alone}) {
        dialog->show();
        EXPECT_EQ(differences(dark, dialog->picture()), "");
    }
}

TEST_F(ThemeChangeTest, AWindowThatGoesMeanwhileIsForgotten) {
    (void)fresh_pages(Mode::Light);
    theme::set_mode(Mode::Dark);
    window->close();
    window.reset();
    QTest::qWait(100);
    EXPECT_TRUE(theme::dark());
}

// Addresses are used again: a window's handle that came to where a widget had waited was taken for
// that widget when it was shown.
TEST_F(ThemeChangeTest, WhatComesToTheAddressOfAWidgetThatHasGoneIsLeftAlone) {
    alignas(16) std::byte place[std::max(sizeof(QWidget), sizeof(QWindow))];
    auto* widget = new (place) QWidget;
    widget->show();
    widget->hide();
    theme::set_mode(Mode::Dark);
    widget->~QWidget();
    auto* handle = new (place) QWindow;
    ASSERT_EQ(static_cast<QObject*>(widget), static_cast<QObject*>(handle));
    handle->show();
    EXPECT_TRUE(handle->isVisible());
    handle->~QWindow();
}

TEST_F(ThemeChangeTest, NobodyWaits) {
    (void)fresh_pages(Mode::Light);
    for (const char* id : kPages) {
        window->show_page(QLatin1String(id));
        QTest::qWait(200);
        StallWatch watch;
        for (const Mode mode : {Mode::Dark, Mode::Light}) {
            theme::set_mode(mode);
            QTest::qWait(200);
        }
        EXPECT_LT(watch.longest_stall(), 150) << id;  // 20 to 30 where nothing else runs
    }
}

}  // namespace
}  // namespace pentimento::ui
