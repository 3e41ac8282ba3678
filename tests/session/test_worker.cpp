// The worker with a fake run, inline and threaded; also run under ThreadSanitizer.
#include <gtest/gtest.h>

#include <condition_variable>
#include <random>

#include "core/session/worker.h"
#include "tests/session/fake_run.h"
#include "tests/temp_dir.h"

namespace pentimento {
namespace {

using namespace std::chrono_literals;

Worker::Factory fake(FakeProbe& probe, FakeSettings settings = {}) {
    return [&probe, settings]() -> Result<std::unique_ptr<pentimento::Run>> {
        return std::unique_ptr<pentimento::Run>(std::make_unique<FakeRun>(probe, settings));
    };
}

/// Waits for a condition without assuming how fast the machine is.
template <class Condition>
bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(100us);
    }
    return true;
}

int count(const std::vector<Event>& events, std::string_view type) {
    int n = 0;
    for (const Event& event : events) n += event.type == type;
    return n;
}

TEST(Worker, InlineRunsToTheEnd) {
    FakeProbe probe;
    Worker worker;
    ASSERT_TRUE(worker.run_inline(fake(probe, {.total = 10}), {}));
    EXPECT_EQ(worker.state(), State::Finished);
    EXPECT_EQ(probe.steps, 10);
    EXPECT_EQ(probe.alive, 0);
    EXPECT_EQ(worker.metrics().take_all().size(), 10u);
    const auto progress = worker.progress().take();
    ASSERT_TRUE(progress);
    EXPECT_EQ(progress->step, 10);
    EXPECT_EQ(progress->state, State::Finished);
    EXPECT_TRUE(worker.previews().take()) << "the last state is shown";
}

TEST(Worker, CommandsInlinePauseStepResumeAndStop) {
    FakeProbe probe;
    Worker worker;
    int calls = 0;
    ASSERT_TRUE(worker.run_inline(fake(probe), {}, [&] {
        ++calls;
        if (worker.state() == State::Paused) {
            EXPECT_TRUE(probe.steps == 3 ? worker.step_once() : worker.resume());
        } else if (probe.steps == 3) {
            EXPECT_TRUE(worker.pause());
        } else if (probe.steps == 8) {
            EXPECT_TRUE(worker.stop());
        }
    }));
    EXPECT_EQ(probe.steps, 8);
    EXPECT_EQ(worker.state(), State::Finished);
}

TEST(Worker, PausedDoesNotStepAndStopWakesIt) {
    FakeProbe probe;
    Worker worker;
    ASSERT_TRUE(worker.start(fake(probe, {.step_time = 200us}), {}));
    ASSERT_TRUE(eventually([&] { return probe.steps > 3; }));
    ASSERT_TRUE(worker.pause());
    std::int64_t settled = -1;
    ASSERT_TRUE(eventually([&] {
        const bool same = settled == probe.steps;
        settled = probe.steps;
        std::this_thread::sleep_for(5ms);
        return same && settled == probe.steps;
    }));
    ASSERT_TRUE(worker.step_once());
    ASSERT_TRUE(eventually([&] { return probe.steps == settled + 1; }));
    EXPECT_EQ(worker.state(), State::Paused);
    ASSERT_TRUE(worker.stop());
    worker.join();
    EXPECT_EQ(worker.state(), State::Finished);
    EXPECT_EQ(probe.steps, settled + 1);
}

TEST(Worker, StopTakesEffectWithinOneStep) {
    FakeProbe probe;
    Worker worker;
    ASSERT_TRUE(worker.start(fake(probe, {.step_time = 20ms}), {}));
    ASSERT_TRUE(eventually([&] { return probe.steps > 0; }));
    const std::int64_t before = probe.steps;
    ASSERT_TRUE(worker.stop());
    worker.join();
    EXPECT_LE(probe.steps, before + 1);
}

TEST(Worker, EditsApplyAtTheNextStepAndAreEchoedWithTheStep) {
    FakeProbe probe;
    Worker worker;
    ASSERT_TRUE(worker.start(fake(probe, {.step_time = 100us}), {}));
    ASSERT_TRUE(eventually([&] { return probe.steps > 2; }));
    ASSERT_TRUE(worker.edit({{"rate", 3.0}}));
    ASSERT_TRUE(worker.edit({{"rate", 2.0}}));
    ASSERT_TRUE(eventually([&] { return probe.rate == 2.0; }));
    ASSERT_TRUE(worker.stop());
    worker.join();
    const auto events = worker.events().take_all();
    const Event* edit = nullptr;
    for (const Event& event : events)
        if (event.type == "edit") edit = &event;
    ASSERT_TRUE(edit);
    EXPECT_EQ(edit->data["id"], "rate");
    EXPECT_EQ(edit->data["to"], 2.0);
    EXPECT_GT(edit->step, 0);
}

TEST(Worker, RefusedEditsAreWarningsAndChangeNothing) {
    FakeProbe probe;
    Worker worker;
    ASSERT_TRUE(worker.run_inline(fake(probe, {.total = 3}), {}, [&] {
        if (probe.steps == 1) {
            EXPECT_TRUE(worker.edit({{"rate", 99.0}}));
        }
    }));
    const auto events = worker.events().take_all();
    EXPECT_EQ(count(events, "warning"), 1);
    EXPECT_EQ(count(events, "edit"), 0);
}

TEST(Worker, FailuresAndExceptionsEndInFailedWithAReason) {
    for (const FakeSettings& settings : {FakeSettings{.fail_at = 2}, FakeSettings{.throw_at = 2}}) {
        FakeProbe probe;
        Worker worker;
        ASSERT_TRUE(worker.start(fake(probe, settings), {}));
        worker.join();
        EXPECT_EQ(worker.state(), State::Failed);
        ASSERT_TRUE(worker.failure());
        EXPECT_FALSE(worker.failure()->message.empty());
        EXPECT_EQ(probe.alive, 0);
        EXPECT_EQ(count(worker.events().take_all(), "failed"), 1);
    }
    Worker worker;
    ASSERT_TRUE(worker.start(
        []() -> Result<std::unique_ptr<pentimento::Run>> {
            return Error{ErrorCode::NotFound, "no such data", ""};
        },
        {}));
    worker.join();
    EXPECT_EQ(worker.failure()->message, "no such data");
}

TEST(Worker, CommandsWithoutARunAreRefusedWithTheTablesReason) {
    Worker worker;
    EXPECT_EQ(worker.pause().error().code, ErrorCode::Conflict);
    EXPECT_EQ(worker.stop().error().message, permitted(State::Empty, Action::Stop).reason);
    EXPECT_FALSE(worker.edit({{"rate", 1.0}}));
}

TEST(Worker, CanBeStartedAgainAfterItsEnd) {
    FakeProbe probe;
    Worker worker;
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(worker.start(fake(probe, {.total = 5}), {}));
        EXPECT_TRUE(eventually([&] { return worker.state() == State::Finished; }));
    }
    ASSERT_TRUE(worker.start(fake(probe, {.step_time = 100us}), {}));
    EXPECT_EQ(worker.start(fake(probe), {}).error().code, ErrorCode::Conflict);
}

TEST(Worker, PreviewsAreSkippedWhileNobodyLooks) {
    FakeProbe probe;
    Worker worker;
    ASSERT_TRUE(worker.run_inline(fake(probe, {.total = 200}), {.preview_interval = 1e-9}));
    EXPECT_LE(probe.previews, 2) << "one waiting, and the last state";
}

TEST(Worker, WritesTheExperimentAndResumesExactly) {
    TempDir dir;
    const auto options = [&](Experiment experiment) {
        return WorkerOptions{.experiment = std::move(experiment),
                             .write_sample =
                                 [](const fs::path& path, const Preview& preview) {
                                     return write_file_atomically(path,
                                                                  std::to_string(preview.step));
                                 },
                             .sample_every = 5,
                             .checkpoint_every = 4};
    };
    const auto fresh = [&](const char* name) {
        return *Experiment::create(dir / name, {.kind = "fake",
                                                .name = name,
                                                .created = "",
                                                .params = Json::object(),
                                                .inputs = {},
                                                .environment = {}});
    };
    FakeProbe probe;
    Worker whole;
    ASSERT_TRUE(whole.run_inline(fake(probe, {.total = 20}), options(fresh("whole"))));

    Worker first;
    ASSERT_TRUE(first.run_inline(fake(probe, {.total = 20}), options(fresh("cut")), [&] {
        if (probe.steps == 11) {
            EXPECT_TRUE(first.stop());
        }
    }));
    Experiment cut = *Experiment::open(dir / "cut");
    const auto checkpoint = cut.latest_checkpoint();
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(checkpoint->step, 11);
    Worker second;
    ASSERT_TRUE(second.run_inline(
        [&]() -> Result<std::unique_ptr<pentimento::Run>> {
            auto run = std::make_unique<FakeRun>(probe, FakeSettings{.total = 20});
            if (Status restored = run->restore(checkpoint->dir); !restored) return restored.error();
            return std::unique_ptr<pentimento::Run>(std::move(run));
        },
        options(cut)));

    const auto a = Experiment::open(dir / "whole")->read_metrics(), b = cut.read_metrics();
    ASSERT_EQ(a.size(), 20u);
    ASSERT_EQ(b.size(), 20u);
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].step, b[i].step);
        EXPECT_EQ(a[i].metrics[0].value, b[i].metrics[0].value) << "exact, at step " << a[i].step;
    }
    std::vector<std::int64_t> steps;
    for (const SampleFile& sample : cut.samples()) steps.push_back(sample.step);
    EXPECT_EQ(steps, (std::vector<std::int64_t>{0, 5, 10, 15, 20}));
}

TEST(Worker, AFullDiskWarnsDuringTheRunAndFailsOnlyTheLastSave) {
    TempDir dir;
    FakeProbe probe;
    Worker worker;
    const auto experiment = *Experiment::create(dir / "run", {.kind = "fake",
                                                              .name = "x",
                                                              .created = "",
                                                              .params = Json::object(),
                                                              .inputs = {},
                                                              .environment = {}});
    const Status status = worker.run_inline(fake(probe, {.total = 10, .save_fails = true}),
                                            {.experiment = experiment, .checkpoint_every = 4});
    EXPECT_FALSE(status);
    EXPECT_EQ(probe.steps, 10) << "training went on";
    EXPECT_GE(count(worker.events().take_all(), "warning"), 2);
}

// Random commands from two threads; the destructor joins whatever state it finds.
TEST(Worker, SurvivesTwoHundredCyclesOfRandomCommands) {
    FakeProbe probe;
    std::mt19937 random(1);
    for (int cycle = 0; cycle < 200; ++cycle) {
        Worker worker;
        ASSERT_TRUE(worker.start(fake(probe, {.total = cycle % 3 == 0 ? 20 : 0, .step_time = 10us}),
                                 {.preview_interval = 1e-4, .start_paused = cycle % 5 == 0}));
        std::thread other([&worker] {
            for (int i = 0; i < 5; ++i) {
                (void)worker.edit({{"rate", 1.0 + i}});
                worker.request_preview();
                (void)worker.progress().take();
                (void)worker.events().take_all();
            }
        });
        for (int i = 0; i < 8; ++i) switch (random() % 6) {
                case 0:
                    (void)worker.pause();
                    break;
                case 1:
                    (void)worker.resume();
                    break;
                case 2:
                    (void)worker.step_once();
                    break;
                case 3:
                    (void)worker.snapshot();
                    break;
                case 4:
                    (void)worker.metrics().take_all();
                    break;
                case 5:
                    if (random() % 4 == 0) (void)worker.stop();
                    break;
            }
        other.join();
        if (cycle % 2) {
            (void)worker.stop();
            worker.join();
            EXPECT_EQ(worker.state(), State::Finished);
        }
    }
    EXPECT_EQ(probe.alive, 0);
}

}  // namespace
}  // namespace pentimento
