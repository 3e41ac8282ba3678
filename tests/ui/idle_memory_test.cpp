// Memory goes back to the system when all runs have ended and nobody is at work.
#include "ui/idle_memory.h"

#include <gtest/gtest.h>

#include <QTest>
#include <QWidget>
#include <atomic>

#include "tests/ui/fake_run.h"

namespace pentimento::ui {
namespace {

using test::wait_for;

TEST(IdleMemory, WaitsForTheLastRunAndForQuiet) {
    std::atomic<int> given = 0;
    IdleMemory memory([&] { ++given; }, 150);
    memory.run_began();
    memory.run_began();
    memory.run_ended();
    QTest::qWait(300);
    EXPECT_EQ(given, 0) << "one is still at work";
    memory.run_ended();
    QWidget widget;
    widget.show();
    for (int i = 0; i < 8; ++i) {
        QTest::mouseMove(&widget, QPoint(5 + i, 5));
        QTest::keyClick(&widget, Qt::Key_A);
        QTest::qWait(50);
    }
    EXPECT_EQ(given, 0) << "somebody is typing";
    EXPECT_TRUE(wait_for([&] { return given == 1; }));
    QTest::qWait(300);
    EXPECT_EQ(given, 1) << "once";
}

TEST(IdleMemory, ARunThatBeginsMeanwhileKeepsIt) {
    std::atomic<int> given = 0;
    IdleMemory memory([&] { ++given; }, 100);
    memory.run_began();
    memory.run_ended();
    QTest::qWait(30);
    memory.run_began();
    QTest::qWait(250);
    EXPECT_EQ(given, 0);
    memory.run_ended();
    EXPECT_TRUE(wait_for([&] { return given == 1; }));
}

}  // namespace
}  // namespace pentimento::ui
