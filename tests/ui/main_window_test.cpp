// The whole window: pages, shortcuts, a run on the Train page, closing while one is at work,
// contrast.
#include "ui/main_window.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QLabel>
#include <QMenuBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "tests/ui/fake_run.h"
#include "ui/engine.h"
#include "ui/pages/train_page.h"
#include "ui/plots/metric_plot.h"
#include "ui/stall_watch.h"
#include "ui/theme.h"
#include "ui/widgets/number_box.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/run_status.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {
namespace {

using test::fake_factory;
using test::wait_for;

class MainWindowTest : public testing::Test {
  protected:
    MainWindowTest() : context(Workspace{home.path().toStdString()}) {
        context.set_engine(pentimento_engine());
        window = std::make_unique<MainWindow>(context);
        window->resize(1280, 800);
        window->show();
        QApplication::setActiveWindow(window.get());
    }
    TrainPage& train_page() {
        return *static_cast<TrainPage*>(window->page(QStringLiteral("train")));
    }
    RunController& run() { return *train_page().run_controller(); }
    void start_fake(test::FakeOptions options = {}) {
        window->show_page(QStringLiteral("train"));
        ASSERT_TRUE(train_page().start(fake_factory(options), {}));
        ASSERT_TRUE(wait_for([&] { return run().progress().step > 2 || !run().active(); }));
    }

    QTemporaryDir home;
    StudioContext context;
    std::unique_ptr<MainWindow> window;
};

TEST(MainWindowLoading, ShowsItselfBeforeTheEngineAndKeepsWhatIsAskedMeanwhile) {
    const QTemporaryDir home;
    StudioContext context(Workspace{home.path().toStdString()});
    MainWindow window(context);
    window.show();
    EXPECT_NE(window.page(QStringLiteral("welcome")), nullptr);
    EXPECT_EQ(window.page(QStringLiteral("train")), nullptr);
    window.show_page(QStringLiteral("train"));
    EXPECT_EQ(window.current_page(), QStringLiteral("train"));
    EXPECT_FALSE(window.grab().isNull());
    window.open_path(QStringLiteral("/nowhere/at/all"));

    context.set_engine(pentimento_engine());
    ASSERT_TRUE(wait_for([&] { return window.page(QStringLiteral("runs")) != nullptr; }));
    EXPECT_NE(window.page(QStringLiteral("train")), nullptr);
    EXPECT_EQ(window.current_page(), QStringLiteral("train"));
    bool told = false;
    for (const QLabel* label : window.findChildren<QLabel*>())
        told |= label->toolTip().contains(QStringLiteral("/nowhere/at/all"));
    EXPECT_TRUE(told);
}

TEST_F(MainWindowTest, EveryPageOpensInBothThemes) {
    for (const auto mode : {theme::Mode::Light, theme::Mode::Dark}) {
        theme::set_mode(mode);
        for (const char* id : {"welcome", "dataset", "train", "style", "runs"}) {
            window->show_page(QLatin1String(id));
            QTest::qWait(20);
            EXPECT_EQ(window->current_page(), QLatin1String(id));
            const QImage picture = window->grab().toImage();
            const QColor corner = picture.pixelColor(picture.width() / 2, picture.height() - 4);
            EXPECT_EQ(corner.lightness() < 128, mode == theme::Mode::Dark);
        }
    }
    theme::set_mode(theme::Mode::System);
}

TEST_F(MainWindowTest, ShortcutsOpenPages) {
    const char* ids[] = {"welcome", "dataset", "train", "style", "runs"};
    for (int i = 4; i >= 0; --i) {
        QTest::keyClick(window.get(), static_cast<Qt::Key>(Qt::Key_1 + i), Qt::ControlModifier);
        EXPECT_EQ(window->current_page(), QLatin1String(ids[i]));
    }
}

TEST_F(MainWindowTest, EveryMenuActionHasAUniqueShortcut) {
    QStringList seen;
    for (const QAction* menu : window->menuBar()->actions())
        for (const QAction* action : menu->menu()->actions()) {
            if (action->shortcut().isEmpty()) continue;
            EXPECT_FALSE(seen.contains(action->shortcut().toString()))
                << action->text().toStdString();
            seen << action->shortcut().toString();
        }
    EXPECT_GE(seen.size(), 12);
}

TEST_F(MainWindowTest, ARunFillsThePageAndStaysResponsive) {
    start_fake({.step_milliseconds = 20});
    StallWatch watch;
    ASSERT_TRUE(wait_for([&] { return run().progress().step > 30; }));
    TrainPage& page = train_page();
    ASSERT_EQ(page.plots().size(), 2u);
    EXPECT_FALSE(page.plots()[0]->data().empty());
    EXPECT_FALSE(page.gallery().current_frame().empty());
    EXPECT_TRUE(window->findChild<RunStatus*>()->text().contains(QStringLiteral("Running")));
    EXPECT_LT(watch.longest_stall(), 100);
}

TEST_F(MainWindowTest, WhatARunIsDoingIsSaidBesideItsSteps) {
    start_fake({.steps = 100'000, .note = "Growing: 16 px, fading in"});
    ASSERT_TRUE(wait_for([&] {
        return window->findChild<RunStatus*>()->text().contains(QStringLiteral("Growing: 16 px"));
    }));
    EXPECT_TRUE(window->findChild<RunStatus*>()->text().contains(QStringLiteral("of 100,000")));
    bool beside = false;
    for (const QLabel* label : train_page().findChildren<QLabel*>())
        beside |= label->text().startsWith(QStringLiteral("Growing: 16 px")) &&
                  label->toolTip().contains(QStringLiteral("of 100,000"));
    EXPECT_TRUE(beside);
}

TEST_F(MainWindowTest, RestartSettingsAreLockedAndLiveOnesReachTheRun) {
    start_fake();
    ParamPanel& panel = train_page().panel();
    const auto box_of = [&](Apply apply) -> NumberBox* {
        for (const ParamSpec& spec : panel.params().schema().specs())
            if (spec.apply == apply && spec.level == Level::Basic && spec.id != "steps")
                if (auto* box = panel.findChild<NumberBox*>(QString::fromStdString(spec.id)))
                    return box;
        return nullptr;
    };
    NumberBox* live = box_of(Apply::Live);
    NumberBox* restart = box_of(Apply::Restart);
    ASSERT_TRUE(live && restart);
    EXPECT_FALSE(restart->isEnabled());
    EXPECT_TRUE(live->isEnabled());

    // The fake run does not know the setting and says so: the patch has reached it.
    std::string answer;
    QObject::connect(&run(), &RunController::events_arrived, window.get(),
                     [&](const std::vector<Event>& events) {
                         for (const Event& event : events)
                             if (event.type == "warning") answer = event.text;
                     });
    live->stepBy(1);
    ASSERT_TRUE(wait_for([&] { return !answer.empty(); }));
    EXPECT_NE(answer.find(live->objectName().toStdString()), std::string::npos);

    run().stop();
    EXPECT_TRUE(wait_for([&] { return restart->isEnabled(); }));
}

TEST_F(MainWindowTest, SpacePausesAndResumesOnTheTrainPage) {
    start_fake();
    train_page().setFocus();
    QTest::keyClick(&train_page(), Qt::Key_Space);
    EXPECT_EQ(run().state(), State::Paused);
    QTest::keyClick(&train_page(), Qt::Key_Space);
    EXPECT_EQ(run().state(), State::Running);
}

TEST_F(MainWindowTest, DisabledButtonsSayWhy) {
    window->show_page(QStringLiteral("train"));
    const TrainPage::Actions& actions = train_page().actions();
    for (const QAction* action :
         {actions.start, actions.pause, actions.step, actions.stop, actions.snapshot}) {
        EXPECT_FALSE(action->isEnabled());
        EXPECT_FALSE(action->toolTip().isEmpty());
        EXPECT_NE(action->toolTip(), action->text());
    }
    start_fake();
    EXPECT_TRUE(actions.pause->isEnabled());
    EXPECT_FALSE(actions.step->isEnabled()) << "pause first";
    run().pause();
    EXPECT_TRUE(actions.step->isEnabled());
}

TEST_F(MainWindowTest, EditsLeaveMarksOnThePlots) {
    start_fake();
    run().edit({{"lr", 1e-3}});
    TrainPage& page = train_page();
    ASSERT_TRUE(wait_for([&] { return !page.plots()[0]->data().marks().empty(); }));
    const ChangeMark& mark = page.plots()[0]->data().marks()[0];
    EXPECT_NE(mark.text.find("Learning rate"), std::string::npos);
    EXPECT_GT(mark.step, 0);
}

TEST_F(MainWindowTest, ClosingDuringARunJoinsIt) {
    start_fake();
    ASSERT_TRUE(window->close());
    EXPECT_FALSE(run().active());
    EXPECT_EQ(run().state(), State::Finished);
}

TEST_F(MainWindowTest, DestroyingDuringARunJoinsIt) {
    start_fake();
    window.reset();
    SUCCEED() << "no thread left behind, no crash";
}

TEST_F(MainWindowTest, WhatDoesNotExistIsSaid) {
    window->open_path(QStringLiteral("/no/such/thing"));
    EXPECT_TRUE(window->findChild<QLabel*>(QStringLiteral("message"))
                    ->toolTip()
                    .contains(QStringLiteral("/no/such/thing")));
}

/// Relative luminance and contrast as WCAG 2 defines them.
double luminance(const QColor& color) {
    const auto linear = [](double c) {
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
}
double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

TEST(Theme, TextIsReadableInBothThemes) {
    for (const auto mode : {theme::Mode::Light, theme::Mode::Dark}) {
        theme::set_mode(mode);
        const theme::Colors& c = theme::colors();
        for (const QColor& back : {c.window, c.surface, c.raised}) {
            EXPECT_GE(contrast(c.text, back), 7.0);
            for (const QColor& front : {c.muted, c.accent, c.warning, c.bad})
                EXPECT_GE(contrast(front, back), 4.5)
                    << front.name().toStdString() << " on " << back.name().toStdString();
        }
        EXPECT_GE(contrast(c.on_accent, c.accent), 4.5);
        for (const QColor& curve : c.curves)
            EXPECT_GE(contrast(curve, c.surface), 3.0) << curve.name().toStdString();
    }
    theme::set_mode(theme::Mode::System);
}

TEST(Theme, IconsAreInTheThemesColour) {
    for (const auto mode : {theme::Mode::Light, theme::Mode::Dark}) {
        theme::set_mode(mode);
        const QImage icon = theme::icon(QStringLiteral("train")).pixmap(48, 48).toImage();
        int drawn = 0;
        for (int y = 0; y < icon.height(); ++y)
            for (int x = 0; x < icon.width(); ++x) {
                const QColor pixel = icon.pixelColor(x, y);
                if (pixel.alpha() < 250) continue;
                ++drawn;
                EXPECT_EQ(pixel.rgb() & 0xffffff, theme::colors().text.rgb() & 0xffffff);
            }
        EXPECT_GT(drawn, 20);
    }
    theme::set_mode(theme::Mode::System);
}

}  // namespace
}  // namespace pentimento::ui
