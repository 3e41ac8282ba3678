// The folder of a run: damage is found, older checkpoints step in, nothing half-written is seen.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "core/base/file.h"
#include "core/session/experiment.h"
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

Status checkpoint(Experiment& experiment, std::int64_t step) {
    return experiment.write_checkpoint(step, [&](const fs::path& dir) {
        return write_file_atomically(dir / "weights", "weights of " + std::to_string(step));
    });
}

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
    const fs::path a = Experiment::fresh_directory(dir.path(), "../Ünsafe name/…");
    EXPECT_EQ(a.parent_path(), dir.path());
    EXPECT_EQ(a.filename().string().find_first_of("/ ."), std::string::npos);
    fs::create_directories(a);
    EXPECT_NE(Experiment::fresh_directory(dir.path(), "../Ünsafe name/…"), a);
    EXPECT_FALSE(Experiment::fresh_directory(dir.path(), "…").filename().empty());
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
    ASSERT_TRUE(checkpoint(run, 10));
    bool succeeded = false;
    for (int n = 1; n < 60 && !succeeded; ++n) {
        inject_file_fault(n, ENOSPC);
        succeeded = checkpoint(run, 20).ok();
        inject_file_fault(0, 0);
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
