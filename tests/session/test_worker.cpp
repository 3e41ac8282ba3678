// The worker with a fake run, inline and threaded; also run under ThreadSanitizer.
#include <gtest/gtest.h>
#ifdef __linux__
#include <sys/resource.h>
#endif

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <numeric>
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

Experiment fresh_experiment(const fs::path& dir) {
    return *Experiment::create(dir, {.kind = "fake",
                                     .name = "x",
                                     .created = "",
                                     .params = Json::object(),
                                     .inputs = {},
                                     .environment = {}});
}

#ifdef __linux__
TEST(Worker, ANiceRunLeavesTheCallersPriorityAlone) {
    const auto niceness = [] { return getpriority(PRIO_PROCESS, 0); };
    const int before = niceness();
    for (const int wanted : {0, 5}) {
        FakeProbe probe;
        std::atomic<int> inside = -1, started_inside = -1;
        Worker worker;
        const auto factory = [&]() -> Result<std::unique_ptr<pentimento::Run>> {
            inside = niceness();
            std::thread([&] { started_inside = niceness(); }).join();
            return fake(probe, {.total = 1})();
        };
        ASSERT_TRUE(worker.start(factory, {.niceness = wanted}));
        worker.join();
        // It does not ask for more than the program has.
        EXPECT_EQ(inside, std::max(before, wanted));
        EXPECT_EQ(started_inside, inside);
        EXPECT_EQ(niceness(), before);
    }
}
#endif

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

TEST(Worker, AmendmentsApplyBetweenStepsAndAreLoggedOrSaidToBeRefused) {
    FakeProbe probe;
    Worker worker;
    std::int64_t at = -1;
    const Amendment others{[&](pentimento::Run& run) {
                               at = run.steps_done();
                               return Status();
                           },
                           {.type = "inputs", .text = "Others."}};
    const Amendment refused{[](pentimento::Run&) -> Status {
                                return Error{ErrorCode::Unsupported, "Not here.", {}};
                            },
                            {.type = "inputs"}};
    ASSERT_TRUE(worker.run_inline(fake(probe, {.total = 5}), {}, [&] {
        if (probe.steps == 2) {
            EXPECT_TRUE(worker.amend(others));
        }
        if (probe.steps == 4) {
            EXPECT_TRUE(worker.amend(refused));
        }
    }));
    EXPECT_EQ(at, 2);
    const auto events = worker.events().take_all();
    EXPECT_EQ(count(events, "inputs"), 1);
    EXPECT_EQ(count(events, "warning"), 1);
    EXPECT_FALSE(worker.amend(others)) << "nothing runs any more";
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
    const auto fresh = [&](const char* name) { return fresh_experiment(dir / name); };
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

TEST(Worker, SavesEachNewBestAtOnceAndKeepsIt) {
    TempDir dir;
    FakeProbe probe;
    Worker worker;
    const FakeSettings settings{.total = 20, .scores = {{3, 0.5}, {6, 0.7}, {9, 0.2}, {12, NAN}}};
    ASSERT_TRUE(
        worker.run_inline(fake(probe, settings),
                          {.experiment = fresh_experiment(dir / "run"), .checkpoint_every = 5}));
    const Experiment run = *Experiment::open(dir / "run");
    EXPECT_EQ(run.best_checkpoint()->step, 9);
    std::vector<std::int64_t> steps, bests;
    for (const auto& one : run.checkpoints()) steps.push_back(one.step);
    EXPECT_EQ(steps, (std::vector<std::int64_t>{9, 10, 15, 20}));
    for (const Event& event : worker.events().take_all())
        if (event.type == "checkpoint" && event.data.is_object() && event.data["best"] == true)
            bests.push_back(event.step);
    EXPECT_EQ(bests, (std::vector<std::int64_t>{3, 9}));

    // A resumed run knows the best of before.
    Worker again;
    ASSERT_TRUE(again.run_inline(
        [&]() -> Result<std::unique_ptr<pentimento::Run>> {
            auto resumed = std::make_unique<FakeRun>(
                probe, FakeSettings{.total = 30, .scores = {{22, 0.3}, {24, 0.1}}});
            if (Status restored = resumed->restore(run.latest_checkpoint()->dir); !restored)
                return restored.error();
            return std::unique_ptr<pentimento::Run>(std::move(resumed));
        },
        {.experiment = run, .checkpoint_at_end = false}));
    EXPECT_EQ(run.best_checkpoint()->step, 24);
    EXPECT_EQ(run.latest_checkpoint()->step, 24) << "0.3 was no reason to save";
}

TEST(Worker, ARunThatGoesBackTakesItsRecordAlong) {
    TempDir dir;
    const auto write = [](const fs::path& path, const Preview& preview) {
        return write_file_atomically(path, std::to_string(preview.step));
    };
    FakeProbe probe;
    Worker worker;
    std::vector<Progress> seen;
    // Edits at 3 and 9; step 11 breaks down at that rate and goes back to 8 with half of it.
    ASSERT_TRUE(worker.run_inline(
        fake(probe, {.total = 20, .scores = {{7, 0.5}, {9, 0.1}}, .break_at = 11}),
        {.experiment = fresh_experiment(dir / "run"),
         .write_sample = write,
         .sample_every = 2,
         .checkpoint_every = 5},
        [&] {
            if (const auto progress = worker.progress().take()) seen.push_back(*progress);
            if (seen.empty()) return;
            if (seen.back().step == 3 && probe.rate == 0) {
                EXPECT_TRUE(worker.edit({{"rate", 1.25}}));
            }
            if (seen.back().step == 9 && probe.rate == 1.25) {
                EXPECT_TRUE(worker.edit({{"rate", 2.0}}));
            }
        }));
    const Experiment run = *Experiment::open(dir / "run");

    // The screen goes back and says why until the steps are made up for.
    std::vector<std::int64_t> noted;
    bool fell = false;
    for (std::size_t i = 1; i < seen.size(); ++i) {
        fell |= seen[i - 1].step == 10 && seen[i].step == 8;
        EXPECT_GE(seen[i].steps_per_second, 0);
        if (seen[i].note.find("NaN") != std::string::npos) noted.push_back(seen[i].step);
    }
    EXPECT_TRUE(fell);
    EXPECT_EQ(noted, (std::vector<std::int64_t>{8, 9, 10}));

    // No step stands in the record twice, and nothing of the undone ones is left.
    std::vector<std::int64_t> rows, expected(20);
    std::iota(expected.begin(), expected.end(), 1);
    for (const MetricRow& row : run.read_metrics()) rows.push_back(row.step);
    EXPECT_EQ(rows, expected);
    EXPECT_EQ(run.best_checkpoint()->step, 9) << "measured anew on the way";
    EXPECT_EQ(run.latest_checkpoint()->step, 20);

    // The log tells of it, the rollback before the edit that followed from it.
    const auto events = run.read_events();
    const auto rollback = std::find_if(events.begin(), events.end(),
                                       [](const Event& event) { return event.type == "rollback"; });
    ASSERT_NE(rollback, events.end());
    EXPECT_EQ(rollback->step, 8);
    EXPECT_EQ(rollback->data["from"], 10);
    EXPECT_EQ((rollback + 1)->data["by"], "run");
    EXPECT_EQ(recorded_edits(events),
              (std::vector<RecordedEdit>{{3, "rate", 1.25}, {8, "rate", 2.0}, {8, "rate", 1.0}}));
}

TEST(Worker, AStateThatWasGoneBackFromIsNeverTheLatest) {
    TempDir dir;
    FakeProbe probe;
    Worker worker;
    const Experiment run = fresh_experiment(dir / "run");
    bool back = false;
    ASSERT_TRUE(worker.run_inline(fake(probe, {.total = 20, .break_at = 11}),
                                  {.experiment = run, .checkpoint_every = 1}, [&] {
                                      for (const Event& event : worker.events().take_all())
                                          back |= event.type == "rollback";
                                      if (probe.rate == 0) {
                                          EXPECT_TRUE(worker.edit({{"rate", 2.0}}));
                                      }
                                      if (back) {
                                          EXPECT_EQ(run.latest_checkpoint()->step, 8);
                                          EXPECT_TRUE(worker.stop());
                                      }
                                  }));
    ASSERT_TRUE(back);
    EXPECT_EQ(run.latest_checkpoint()->step, 8);
    EXPECT_EQ(run.read_metrics().back().step, 8);
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
