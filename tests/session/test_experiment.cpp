// The folder of a run: damage is found, older checkpoints step in, nothing half-written is seen.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "core/base/file.h"
#include "core/session/experiment.h"
#include "core/session/run_folder.h"
#include "tests/temp_dir.h"

namespace pentimento {
namespace {

Experiment make(const fs::path& dir, std::string created = "") {
    return *Experiment::create(dir, {.kind = "fake",
                                     .name = "A run",
                                     .created = std::move(created),
                                     .params = {{"rate", 0.5}},
                                     .inputs = {{"data", "x"}},
                                     .environment = Json::object()});
}

Status checkpoint(Experiment& experiment, std::int64_t step, std::optional<double> score = {}) {
    return experiment.write_checkpoint(
        step,
        [&](const fs::path& dir) {
            return write_file_atomically(dir / "weights", "weights of " + std::to_string(step));
        },
        score);
}

std::vector<std::int64_t> steps_of(const Experiment& experiment) {
    std::vector<std::int64_t> steps;
    for (const auto& one : experiment.checkpoints()) steps.push_back(one.step);
    return steps;
}

using Steps = std::vector<std::int64_t>;

TEST(Experiment, OpensWhatItCreatedAndRefusesToOverwrite) {
    TempDir dir;
    make(dir / "run");
    const auto opened = Experiment::open(dir / "run");
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->info().kind, "fake");
    EXPECT_EQ(opened->info().params["rate"], 0.5);
    EXPECT_EQ(Experiment::create(dir / "run", {}).error().code, ErrorCode::Conflict);
    EXPECT_EQ(Experiment::open(dir / "none").error().code, ErrorCode::NotFound);
}

TEST(Experiment, DamagedRunFilesAreErrorsNotCrashes) {
    TempDir dir;
    for (const char* text : {"", "{", "[]", "{\"schema\": 1}", "{\"schema\": 99, \"params\": {}}",
                             "{\"schema\": \"x\", \"params\": 3}"}) {
        fs::create_directories(dir / "run");
        std::ofstream(dir / "run" / "run.json") << text;
        EXPECT_FALSE(Experiment::open(dir / "run")) << text;
    }
}

TEST(Experiment, FreshDirectoriesAreSafeAndUnique) {
    TempDir dir;
    const RunFolder folder = RunFolder::fresh(dir.path(), "../Ünsafe name/…");
    const fs::path& a = folder.path();
    EXPECT_EQ(a.parent_path(), dir.path());
    EXPECT_EQ(a.filename().string().find_first_of("/ ."), std::string::npos);
    EXPECT_TRUE(fs::is_empty(a)) << "claimed, so that nobody else gets it";
    EXPECT_NE(RunFolder::fresh(dir.path(), "../Ünsafe name/…").path(), a);
    EXPECT_FALSE(RunFolder::fresh(dir.path(), "…").path().filename().empty());
}

TEST(Experiment, AFolderWhoseRunNeverBeganIsGoneAgain) {
    TempDir dir;
    fs::path unused, used, named = dir / "mine";
    fs::create_directories(named);
    {
        const RunFolder a = RunFolder::fresh(dir.path(), "a"),
                        b = RunFolder::fresh(dir.path(), "b"), mine(named);
        unused = a.path();
        used = b.path();
        make(used);
    }
    EXPECT_FALSE(fs::exists(unused));
    EXPECT_TRUE(Experiment::open(used).ok());
    EXPECT_TRUE(fs::exists(named)) << "it is the person's";
}

TEST(Experiment, MetricsAndEventsSurviveATornLastLine) {
    TempDir dir;
    Experiment run = make(dir / "run");
    ASSERT_TRUE(run.append_metrics({1, 0.5, {{"loss", 2.0}, {"bad", NAN}}}));
    ASSERT_TRUE(run.append_event(
        {.type = "edit", .text = "a \xff b", .step = 1, .data = {{"id", "rate"}}}));
    std::ofstream(dir / "run" / "metrics.jsonl", std::ios::app) << "{\"step\": 2, \"lo";
    const auto rows = run.read_metrics();
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].metrics.size(), 1u) << "NaN is no number";
    const auto events = run.read_events();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].data["id"], "rate");
}

TEST(Experiment, KeepsTheNewestThreeCheckpoints) {
    TempDir dir;
    Experiment run = make(dir / "run");
    for (const int step : {10, 20, 30, 40, 50}) ASSERT_TRUE(checkpoint(run, step));
    ASSERT_TRUE(checkpoint(run, 50)) << "again at the same step";
    int count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(dir / "run" / "checkpoints"))
        ++count;
    EXPECT_EQ(count, 3);
    EXPECT_EQ(run.latest_checkpoint()->step, 50);
}

TEST(Experiment, KeepsTheBestBesidesTheNewestThree) {
    TempDir dir;
    Experiment run = make(dir / "run");
    EXPECT_EQ(run.best_checkpoint().error().code, ErrorCode::NotFound);
    ASSERT_TRUE(checkpoint(run, 10));
    EXPECT_EQ(run.best_checkpoint().error().code, ErrorCode::NotFound) << "no score";
    ASSERT_TRUE(checkpoint(run, 20, 0.5));
    for (const int step : {30, 40, 50}) ASSERT_TRUE(checkpoint(run, step, 0.9));
    ASSERT_TRUE(checkpoint(run, 60, NAN));
    EXPECT_EQ(steps_of(run), (Steps{20, 40, 50, 60}));
    EXPECT_EQ(run.best_checkpoint()->step, 20);
    EXPECT_EQ(run.best_checkpoint()->score, 0.5);
    EXPECT_EQ(run.latest_checkpoint()->step, 60);
    EXPECT_FALSE(run.checkpoints().back().score) << "NaN is no score";
    ASSERT_TRUE(checkpoint(run, 70, 0.4));
    EXPECT_EQ(steps_of(run), (Steps{50, 60, 70})) << "the old best gives way to the new one";
    ASSERT_TRUE(checkpoint(run, 80, 0.4));
    EXPECT_EQ(run.best_checkpoint()->step, 70) << "the oldest of equals";
    for (const auto& one : run.checkpoints()) EXPECT_EQ(one.best, one.step == 70);
}

TEST(Experiment, ADamagedBestIsPassedOverForTheNextBest) {
    TempDir dir;
    Experiment run = make(dir / "run");
    ASSERT_TRUE(checkpoint(run, 10, 0.1));
    ASSERT_TRUE(checkpoint(run, 20, 0.3));
    ASSERT_TRUE(checkpoint(run, 30, 0.2));
    std::fstream(run.best_checkpoint()->dir / "weights", std::ios::in | std::ios::out) << "X";
    EXPECT_EQ(run.best_checkpoint()->step, 30);
    EXPECT_EQ(run.best_checkpoint()->warnings.size(), 1u);
}

TEST(Experiment, CheckpointsAreFoundByStepBestOrLatest) {
    TempDir dir;
    Experiment run = make(dir / "run");
    ASSERT_TRUE(checkpoint(run, 10, 0.1));
    ASSERT_TRUE(checkpoint(run, 20));
    const auto find = [&](const char* text) {
        return run.find_checkpoint(*CheckpointChoice::parse(text));
    };
    EXPECT_EQ(find("latest")->step, 20);
    EXPECT_EQ(find("best")->step, 10);
    EXPECT_EQ(find("10")->step, 10);
    const auto missing = find("15");
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find("10, 20"), std::string::npos);
    for (const char* wrong : {"", "-1", "x", "10x", "Best"})
        EXPECT_EQ(CheckpointChoice::parse(wrong).error().code, ErrorCode::InvalidArgument) << wrong;
}

TEST(Experiment, ADamagedCheckpointIsPassedOverForAnOlderOne) {
    TempDir dir;
    Experiment run = make(dir / "run");
    ASSERT_TRUE(checkpoint(run, 10));
    ASSERT_TRUE(checkpoint(run, 20));
    ASSERT_TRUE(checkpoint(run, 30));
    std::fstream(run.latest_checkpoint()->dir / "weights", std::ios::in | std::ios::out) << "X";
    EXPECT_EQ(run.latest_checkpoint()->step, 20);
    fs::resize_file(run.latest_checkpoint()->dir / "weights", 3);
    const auto found = run.latest_checkpoint();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->step, 10);
    EXPECT_EQ(found->warnings.size(), 2u);
    fs::remove(found->dir / "manifest.json");
    EXPECT_EQ(run.latest_checkpoint().error().code, ErrorCode::NotFound);
    ASSERT_TRUE(checkpoint(run, 10)) << "a damaged one gives way";
    EXPECT_EQ(run.latest_checkpoint()->step, 10);
}

TEST(Experiment, AnyFailingOperationWhileSavingLeavesALoadableCheckpoint) {
    TempDir dir;
    Experiment run = make(dir / "run");
    ASSERT_TRUE(checkpoint(run, 5, 0.1));
    for (const int step : {7, 8, 10}) ASSERT_TRUE(checkpoint(run, step, 0.2));
    bool succeeded = false;
    for (int n = 1; n < 60 && !succeeded; ++n) {
        inject_file_fault(n, ENOSPC);
        succeeded = checkpoint(run, 20, 0.3).ok();
        // A save that worked goes on to read manifests: let those reads fail one by one as well.
        succeeded = succeeded && file_operations_counted() < n;
        inject_file_fault(0, 0);
        ASSERT_TRUE(run.best_checkpoint()) << "operation " << n;
        EXPECT_EQ(run.best_checkpoint()->step, 5) << "operation " << n;
        const auto latest = run.latest_checkpoint();
        ASSERT_TRUE(latest) << "operation " << n;
        EXPECT_TRUE(latest->step == 10 || latest->step == 20);
        EXPECT_TRUE(latest->warnings.empty()) << "operation " << n;
    }
    EXPECT_TRUE(succeeded);
}

TEST(Experiment, RewindDropsWhatCameLater) {
    TempDir dir;
    Experiment run = make(dir / "run");
    for (std::int64_t step = 1; step <= 6; ++step) {
        ASSERT_TRUE(run.append_metrics({step, 0, {{"loss", 1}}}));
        ASSERT_TRUE(run.append_event({.type = "edit", .text = "", .step = step, .data = nullptr}));
        ASSERT_TRUE(write_file_atomically(run.sample_path(step), "x"));
        ASSERT_TRUE(checkpoint(run, step));
    }
    ASSERT_TRUE(run.rewind_to(5));
    EXPECT_EQ(run.read_metrics().back().step, 5);
    EXPECT_EQ(run.read_events().back().step, 5);
    EXPECT_EQ(run.samples().back().step, 5);
    EXPECT_EQ(run.latest_checkpoint()->step, 5);
}

TEST(Experiment, GoingBackKeepsTheLogAndReadsItAsItCounts) {
    TempDir dir;
    Experiment run = make(dir / "run");
    const auto edit = [&](std::int64_t step, double to) {
        ASSERT_TRUE(run.append_event({.type = "edit",
                                      .text = "",
                                      .step = step,
                                      .data = {{"id", "rate"}, {"from", 0}, {"to", to}}}));
    };
    for (std::int64_t step = 1; step <= 9; ++step) {
        ASSERT_TRUE(run.append_metrics({step, 0, {{"loss", 1}}}));
        ASSERT_TRUE(write_file_atomically(run.sample_path(step), "x"));
        ASSERT_TRUE(checkpoint(run, step, 1.0 / static_cast<double>(step)));
    }
    edit(3, 0.3);
    edit(8, 0.8);
    ASSERT_TRUE(run.roll_back_to(7));
    ASSERT_TRUE(run.append_event({.type = "rollback", .text = "", .step = 7, .data = nullptr}));
    edit(7, 0.7);
    EXPECT_EQ(run.read_metrics().back().step, 7);
    EXPECT_EQ(run.samples().back().step, 7);
    EXPECT_EQ(steps_of(run), (Steps{7}));
    EXPECT_EQ(run.best_checkpoint()->step, 7);
    EXPECT_EQ(run.read_events().size(), 4u) << "the log tells of what was undone";
    EXPECT_EQ(recorded_edits(run.read_events()),
              (std::vector<RecordedEdit>{{3, "rate", 0.3}, {7, "rate", 0.8}, {7, "rate", 0.7}}));
    ASSERT_TRUE(run.rewind_to(7));
    EXPECT_EQ(run.read_events().size(), 4u) << "the edit at 8 counts from 7 on";
    ASSERT_TRUE(run.rewind_to(6));
    EXPECT_EQ(recorded_edits(run.read_events()), (std::vector<RecordedEdit>{{3, "rate", 0.3}}));
}

TEST(Experiment, RemembersWhereARunCameFrom) {
    TempDir dir;
    RunInfo info{.kind = "fake", .name = "x", .params = {{"rate", 1}}};
    info.branched_from = RunSource{"/a", 20};
    info.weights_from = RunSource{"/b", 30};
    info.replay_of = ReplaySource{"/c", 40, {{3, "rate", 0.5}, {4, "batch", std::int64_t{7}}}};
    ASSERT_TRUE(Experiment::create(dir / "run", info));
    Experiment run = *Experiment::open(dir / "run");
    EXPECT_EQ(run.info().branched_from->run, "/a");
    EXPECT_EQ(run.info().weights_from->step, 30);
    EXPECT_EQ(run.info().replay_of->step, 40);
    EXPECT_EQ(run.info().replay_of->edits, info.replay_of->edits);
    for (const int step : {20, 30, 40, 50, 60}) ASSERT_TRUE(checkpoint(run, step));
    EXPECT_EQ(steps_of(run), (Steps{20, 40, 50, 60})) << "a branch keeps its beginning";
}

TEST(Experiment, ListIsNewestFirstAndLeavesOutWhatIsNoRun) {
    TempDir dir;
    make(dir / "b", "2026-01-01T00:00:00Z");
    make(dir / "a", "2026-02-01T00:00:00Z");
    fs::create_directories(dir / "other");
    const auto found = list_experiments(dir.path());
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].directory(), dir / "a");
    EXPECT_TRUE(list_experiments(dir / "missing").empty());
}

}  // namespace
}  // namespace pentimento
