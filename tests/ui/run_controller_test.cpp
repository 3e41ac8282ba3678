// The controller with a fake run: cycles of commands, what arrives, what must not arrive, and
// stalls.
#include "ui/run_controller.h"

#include <gtest/gtest.h>

#include <QSignalSpy>

#include "tests/ui/fake_run.h"
#include "ui/stall_watch.h"

namespace pentimento::ui {
namespace {

using test::fake_factory;
using test::wait_for;

TEST(RunController, StartsPausesStepsResumesAndStops) {
    RunController controller;
    EXPECT_EQ(controller.state(), State::Empty);
    QSignalSpy states(&controller, &RunController::state_changed);
    for (int cycle = 0; cycle < 3; ++cycle) {
        ASSERT_TRUE(controller.start(fake_factory()));
        ASSERT_TRUE(wait_for([&] { return controller.progress().step > 3; }));
        EXPECT_FALSE(controller.permitted(Action::Step).allowed);
        EXPECT_FALSE(controller.permitted(Action::Step).reason.empty());

        controller.pause();
        EXPECT_EQ(controller.state(), State::Paused);
        std::int64_t before = -1;
        ASSERT_TRUE(wait_for([&] {  // the step in progress comes to its end
            const bool quiet = before == controller.progress().step;
            before = controller.progress().step;
            std::this_thread::sleep_for(std::chrono::milliseconds(80));
            return quiet;
        }));
        controller.step_once();
        ASSERT_TRUE(wait_for([&] { return controller.progress().step == before + 1; }));
        EXPECT_EQ(controller.state(), State::Paused);

        controller.resume();
        ASSERT_TRUE(wait_for([&] { return controller.progress().step > before + 3; }));
        controller.stop();
        ASSERT_TRUE(wait_for([&] { return controller.state() == State::Finished; }));
        EXPECT_FALSE(controller.active());
    }
    EXPECT_GE(states.count(), 3 * 4);
}

TEST(RunController, EverythingArrivesOnce) {
    RunController controller;
    QSignalSpy specs(&controller, &RunController::metric_specs_known);
    QSignalSpy previews(&controller, &RunController::preview_arrived);
    std::vector<std::int64_t> steps;
    QObject::connect(&controller, &RunController::metrics_arrived, &controller,
                     [&](const std::vector<MetricRow>& rows) {
                         for (const MetricRow& row : rows) steps.push_back(row.step);
                     });
    ASSERT_TRUE(controller.start(fake_factory({.steps = 100, .step_milliseconds = 0})));
    ASSERT_TRUE(
        wait_for([&] { return controller.state() == State::Finished && !controller.active(); }));
    ASSERT_TRUE(wait_for([&] { return steps.size() == 100; }));
    for (std::size_t i = 0; i < steps.size(); ++i)
        EXPECT_EQ(steps[i], static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ(specs.count(), 1);
    EXPECT_GE(previews.count(), 1);
    EXPECT_EQ(controller.progress().step, 100);
}

TEST(RunController, EditsComeBackWithTheirStep) {
    RunController controller;
    std::vector<Event> edits;
    QObject::connect(&controller, &RunController::events_arrived, &controller,
                     [&](const std::vector<Event>& events) {
                         for (const Event& event : events)
                             if (event.type == "edit") edits.push_back(event);
                     });
    ASSERT_TRUE(controller.start(fake_factory()));
    ASSERT_TRUE(wait_for([&] { return controller.progress().step > 1; }));
    controller.edit({{"lr", 1e-3}});
    ASSERT_TRUE(wait_for([&] { return !edits.empty(); }));
    EXPECT_EQ(edits[0].data["id"], "lr");
    EXPECT_EQ(edits[0].data["to"], 1e-3);
    EXPECT_GT(edits[0].step, 0);
}

TEST(RunController, NothingIsSaidAfterShutDown) {
    RunController controller;
    ASSERT_TRUE(controller.start(fake_factory()));
    ASSERT_TRUE(wait_for([&] { return controller.progress().step > 1; }));
    controller.shut_down();
    EXPECT_FALSE(controller.active());
    int said = 0;
    const auto count = [&] { ++said; };
    QObject::connect(&controller, &RunController::state_changed, &controller, count);
    QObject::connect(&controller, &RunController::progress_changed, &controller, count);
    QObject::connect(&controller, &RunController::preview_arrived, &controller, count);
    QObject::connect(&controller, &RunController::metrics_arrived, &controller, count);
    QObject::connect(&controller, &RunController::events_arrived, &controller, count);
    wait_for([] { return false; }, 150);
    EXPECT_EQ(said, 0);
}

TEST(RunController, ANewRunWaitsForTheOldWithoutBlocking) {
    RunController controller;
    ASSERT_TRUE(controller.start(fake_factory({.step_milliseconds = 200})));
    wait_for([] { return false; }, 50);
    StallWatch watch;
    ASSERT_TRUE(controller.start(fake_factory({.steps = 7, .step_milliseconds = 1})));
    EXPECT_EQ(controller.state(), State::Stopping);
    ASSERT_TRUE(wait_for([&] { return controller.state() == State::Finished; }));
    ASSERT_TRUE(wait_for([&] { return controller.progress().step == 7; }));
    EXPECT_LT(watch.longest_stall(), 100);
}

TEST(RunController, AFailureIsToldWithItsReason) {
    RunController controller;
    QSignalSpy failures(&controller, &RunController::failed);
    ASSERT_TRUE(controller.start(fake_factory({.fail_at = 5})));
    ASSERT_TRUE(wait_for([&] { return failures.count() == 1; }));
    EXPECT_EQ(controller.state(), State::Failed);
    EXPECT_EQ(failures[0][0].value<Error>().message, "The loss is not a number.");
    controller.clear();
    EXPECT_EQ(controller.state(), State::Empty);
}

TEST(RunController, RefusalsSayWhy) {
    RunController controller;
    QSignalSpy refusals(&controller, &RunController::refused);
    controller.pause();
    ASSERT_EQ(refusals.count(), 1);
    EXPECT_FALSE(refusals[0][0].toString().isEmpty());
}

TEST(RunController, TheInterfaceStaysResponsiveUnderLoad) {
    // Four busy threads besides the run: more than a small machine has processors.
    std::atomic<bool> stop = false;
    std::vector<std::thread> load;
    for (int i = 0; i < 4; ++i)
        load.emplace_back([&] {
            volatile double sink = 0;
            while (!stop) sink = sink + 1;
        });
    RunController controller;
    EXPECT_TRUE(controller.start(fake_factory({.step_milliseconds = 50})));
    StallWatch watch;
    for (int i = 0; i < 10; ++i) {
        controller.edit({{"lr", 1e-3 + i * 1e-4}});
        wait_for([] { return false; }, 60);
    }
    EXPECT_LT(watch.longest_stall(), 100);
    controller.shut_down();
    stop = true;
    for (std::thread& thread : load) thread.join();
}

}  // namespace
}  // namespace pentimento::ui
