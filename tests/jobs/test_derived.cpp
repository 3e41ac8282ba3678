// Branches, transferred weights and replays, with a fake kind of run whose end state depends on
// every step and every setting.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/file.h"
#include "core/jobs/compare.h"
#include "core/jobs/kinds.h"
#include "tests/session/fake_run.h"
#include "tests/temp_dir.h"

namespace pentimento {
namespace {

using Between = std::function<void(Worker&, std::int64_t step)>;

/// `settings` are looked at whenever a run is made.
jobs::Kind fake_kind(FakeProbe& probe, const FakeSettings& settings) {
    const jobs::Maker maker = [&](const ParamSet& params) -> Result<std::unique_ptr<Run>> {
        return std::unique_ptr<Run>(std::make_unique<FakeRun>(probe, settings, params));
    };
    return {
        fake_schema,
        [maker](const Experiment&, const ResumeSources&) -> Result<jobs::Maker> { return maker; },
        [] {
            return std::vector<MetricSpec>{{"loss", "Loss", "", "Losses"}};
        }};
}

class Derived : public ::testing::Test {
  protected:
    void SetUp() override { jobs::kinds()["fake"] = fake_kind(probe_, settings_); }
    void TearDown() override { jobs::kinds().erase("fake"); }

    static ParamSet params(std::int64_t steps) {
        ParamSet params(fake_schema());
        EXPECT_TRUE(params.set("steps", steps));
        return params;
    }
    Result<PreparedRun> begin(const char* name, std::int64_t steps,
                              const std::optional<WeightsFrom>& from = {}) {
        return jobs::start_run(dir_ / name, {.kind = "fake", .name = name}, params(steps), from);
    }
    /// To its end; `between` is called before the first step and once for each that was done.
    static Status drive(Result<PreparedRun> run, const Between& between = {}) {
        if (!run) return run.error();
        run->options.checkpoint_every = 5;
        run->options.write_sample = {};
        run->options.start_paused = true;
        Worker worker;
        std::int64_t last = -1;
        return worker.run_inline(run->factory, run->options, [&] {
            const auto progress = worker.progress().take();
            if (between && progress && progress->step != last)
                between(worker, last = progress->step);
            if (worker.state() == State::Paused) {
                EXPECT_TRUE(worker.resume());
            }
        });
    }
    Json state(const char* name) const { return state_at(name, CheckpointChoice::latest()); }
    Json state_at(const char* name, const CheckpointChoice& at) const {
        const auto checkpoint = Experiment::open(dir_ / name)->find_checkpoint(at);
        EXPECT_TRUE(checkpoint) << checkpoint.error().message;
        if (!checkpoint) return {};
        return *parse_json(*read_file(checkpoint->dir / "state.json"), "state");
    }
    std::vector<RecordedEdit> edits(const char* name) const {
        return recorded_edits(Experiment::open(dir_ / name)->read_events());
    }
    static void edit(Worker& worker, double rate) { EXPECT_TRUE(worker.edit({{"rate", rate}})); }

    TempDir dir_;
    FakeProbe probe_;
    FakeSettings settings_;
};

TEST_F(Derived, ABranchHasTheSettingsOfItsStepAndGoesOnFromThere) {
    ASSERT_TRUE(drive(begin("run", 20), [](Worker& worker, std::int64_t step) {
        if (step == 3) edit(worker, 2);
        if (step == 12) edit(worker, 3);
    }));
    const auto at = CheckpointChoice::at(10);
    ASSERT_TRUE(drive(prepare_branch(dir_ / "run", at, dir_ / "same", "Same"),
                      [](Worker& worker, std::int64_t step) {
                          if (step == 12) edit(worker, 3);
                      }));
    EXPECT_EQ(state("same"), state("run"));

    ASSERT_TRUE(drive(
        prepare_branch(dir_ / "run", at, dir_ / "other", "Other",
                       {{"rate", 0.5}, {"batch", std::int64_t{9}}, {"steps", std::int64_t{40}}})));
    const Experiment other = *Experiment::open(dir_ / "other");
    EXPECT_EQ(other.info().name, "Other");
    EXPECT_EQ(other.info().branched_from->step, 10);
    EXPECT_EQ(other.info().branched_from->run, (dir_ / "run").string());
    EXPECT_EQ(other.info().params["rate"], 0.5);
    EXPECT_EQ(other.info().params["batch"], 9);
    EXPECT_EQ(other.read_events().front().type, "branched");
    EXPECT_EQ(other.read_metrics().front().step, 11);
    EXPECT_EQ(state("other")["step"], 40);
    EXPECT_EQ(state_at("other", at), state_at("run", at)) << "kept, however many came after";
    EXPECT_EQ(state("run")["step"], 20) << "the source is as it was";
}

TEST_F(Derived, ABranchThatCannotBeIsRefusedInWords) {
    ASSERT_TRUE(drive(begin("run", 10)));
    const auto refused = [&](const CheckpointChoice& at, const Patch& patch) {
        const auto branch = prepare_branch(dir_ / "run", at, dir_ / "b", "b", patch);
        EXPECT_FALSE(branch);
        EXPECT_FALSE(fs::exists(dir_ / "b"));
        return branch ? "" : branch.error().message;
    };
    const Patch longer{{"steps", std::int64_t{20}}};
    EXPECT_NE(refused(CheckpointChoice::at(7), longer).find("5, 10"), std::string::npos);
    EXPECT_NE(refused(CheckpointChoice::best(), longer).find("best"), std::string::npos);
    EXPECT_NE(refused({}, {}).find("higher number of steps"), std::string::npos);
    EXPECT_FALSE(refused({}, {{"rate", 99.0}}).empty());
    EXPECT_FALSE(refused({}, {{"no_such", 1.0}}).empty());

    // What shapes the networks is found out when the checkpoint is read.
    const Status misfit =
        drive(prepare_branch(dir_ / "run", {}, dir_ / "b", "b",
                             {{"steps", std::int64_t{20}}, {"width", std::int64_t{16}}}));
    ASSERT_FALSE(misfit);
    EXPECT_NE(misfit.error().message.find("step 10 does not fit"), std::string::npos);
    EXPECT_EQ(prepare_branch(dir_ / "run", {}, dir_ / "b", "b", longer).error().code,
              ErrorCode::Conflict)
        << "the folder is taken";
}

TEST_F(Derived, TheBestCheckpointCanBeBranchedFrom) {
    settings_.scores = {{4, 0.1}, {15, 0.9}};
    ASSERT_TRUE(drive(begin("run", 30)));
    ASSERT_TRUE(drive(prepare_branch(dir_ / "run", CheckpointChoice::best(), dir_ / "b", "b")));
    EXPECT_EQ(Experiment::open(dir_ / "b")->info().branched_from->step, 4);
    EXPECT_EQ(state("b"), state("run"));
}

TEST_F(Derived, AnInterruptedBranchResumesAndNeverStartsAnew) {
    ASSERT_TRUE(drive(begin("run", 20)));
    ASSERT_TRUE(drive(prepare_branch(dir_ / "run", CheckpointChoice::at(10), dir_ / "b", "b"),
                      [](Worker& worker, std::int64_t step) {
                          if (step == 13) {
                              EXPECT_TRUE(worker.stop());
                          }
                      }));
    ASSERT_TRUE(drive(prepare_resume(dir_ / "b", std::nullopt)));
    EXPECT_EQ(state("b"), state("run"));
    fs::remove_all(dir_ / "b" / "checkpoints");
    EXPECT_EQ(prepare_resume(dir_ / "b", 99).error().code, ErrorCode::NotFound);
}

TEST_F(Derived, WeightsComeFromAnotherRunAndStepsBeginAtZero) {
    ASSERT_TRUE(drive(begin("run", 10)));
    ASSERT_TRUE(drive(begin("next", 3, WeightsFrom{dir_ / "run", {}})));
    ASSERT_TRUE(drive(begin("plain", 3)));
    const Experiment next = *Experiment::open(dir_ / "next");
    EXPECT_EQ(next.info().weights_from->step, 10);
    EXPECT_EQ(next.read_metrics().front().step, 1);
    EXPECT_GT(state("next")["state"], state("run")["state"]);
    EXPECT_NE(state("next")["state"], state("plain")["state"]);

    // It stands on its own: the source may go, and without checkpoints it begins so again.
    const Json before = state("next");
    fs::remove_all(dir_ / "run");
    fs::remove_all(dir_ / "next" / "checkpoints");
    fs::create_directories(dir_ / "next" / "checkpoints");
    ASSERT_TRUE(drive(prepare_resume(dir_ / "next", std::nullopt)));
    EXPECT_EQ(state("next"), before);
    ASSERT_TRUE(drive(prepare_replay(dir_ / "next", dir_ / "again", "Again")));
    EXPECT_EQ(state("again"), before);

    EXPECT_EQ(begin("x", 3, WeightsFrom{dir_ / "run", {}}).error().code, ErrorCode::NotFound);
    ASSERT_TRUE(Experiment::create(dir_ / "gan", {.kind = "gan", .params = Json::object()}));
    EXPECT_EQ(begin("x", 3, WeightsFrom{dir_ / "gan", {}}).error().code, ErrorCode::Unsupported);
    EXPECT_FALSE(fs::exists(dir_ / "x"));
}

TEST_F(Derived, AReplayWithLiveEditsComesToTheSameState) {
    ASSERT_TRUE(drive(begin("run", 20), [](Worker& worker, std::int64_t step) {
        if (step == 0) edit(worker, 0.25);
        if (step == 3) edit(worker, 2);
        if (step == 11) edit(worker, 0.5);
    }));
    ASSERT_TRUE(drive(prepare_replay(dir_ / "run", dir_ / "again", "Again")));
    EXPECT_EQ(state("again"), state("run"));
    // A replay's record is a record like any other.
    ASSERT_TRUE(drive(prepare_replay(dir_ / "again", dir_ / "third", "Third")));
    EXPECT_EQ(state("third"), state("run"));
    EXPECT_EQ(edits("third"), edits("again"));
    const auto a = Experiment::open(dir_ / "run")->read_metrics(),
               b = Experiment::open(dir_ / "again")->read_metrics();
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_EQ(a[i].metrics[0].value, b[i].metrics[0].value) << "step " << a[i].step;
    ASSERT_TRUE(drive(begin("plain", 20)));
    EXPECT_NE(state("plain")["state"], state("run")["state"]) << "the edits mattered";
}

TEST_F(Derived, AReplayFollowsResumesProlongationsAndRestartSettings) {
    ASSERT_TRUE(drive(begin("run", 10), [](Worker& worker, std::int64_t step) {
        if (step == 4) edit(worker, 2);
        if (step == 7) {
            EXPECT_TRUE(worker.stop());
        }
    }));
    ASSERT_TRUE(drive(prepare_resume(dir_ / "run", std::nullopt, {{"batch", std::int64_t{9}}})));
    ASSERT_TRUE(drive(prepare_resume(dir_ / "run", 16, {{"rate", 0.75}})));
    ASSERT_EQ(state("run")["step"], 16);
    ASSERT_TRUE(drive(prepare_replay(dir_ / "run", dir_ / "again", "Again")));
    EXPECT_EQ(state("again"), state("run"));
    EXPECT_EQ(edits("again"), edits("run"));
    EXPECT_EQ(probe_.alive, 0);
    for (const auto& entry : fs::directory_iterator(dir_ / "again"))
        EXPECT_EQ(entry.path().filename().string().find("restart"), std::string::npos);
}

TEST_F(Derived, AReplayThatIsInterruptedGoesOnAsAReplay) {
    ASSERT_TRUE(drive(begin("run", 30), [](Worker& worker, std::int64_t step) {
        if (step == 4 || step == 12) edit(worker, static_cast<double>(step) / 10);
        if (step == 18) {
            EXPECT_TRUE(worker.stop());
        }
    }));
    ASSERT_TRUE(drive(prepare_replay(dir_ / "run", dir_ / "again", "Again"),
                      [](Worker& worker, std::int64_t step) {
                          if (step == 7) {
                              EXPECT_TRUE(worker.stop());
                          }
                      }));
    EXPECT_EQ(state("again")["step"], 7);
    fs::rename(dir_ / "run", dir_ / "moved");
    ASSERT_TRUE(drive(prepare_resume(dir_ / "again", std::nullopt)));
    EXPECT_EQ(state("again"), state("moved")) << "it ends where the record ends";
}

TEST_F(Derived, AReplayOfARunThatWentBackComesToTheSameWeights) {
    settings_.break_at = 11;
    bool edited = false;
    ASSERT_TRUE(drive(begin("run", 20), [&](Worker& worker, std::int64_t step) {
        if (step == 9 && !std::exchange(edited, true)) edit(worker, 2);
    }));
    // Edited at 9, back to 8 from 10, where the run halved its own rate.
    EXPECT_EQ(edits("run"), (std::vector<RecordedEdit>{{8, "rate", 2.0}, {8, "rate", 1.0}}));
    ASSERT_TRUE(drive(prepare_replay(dir_ / "run", dir_ / "again", "Again")));
    EXPECT_EQ(state("again"), state("run"));
    for (const Event& event : Experiment::open(dir_ / "again")->read_events())
        EXPECT_NE(event.type, "rollback") << "what was undone is not done again";
}

TEST_F(Derived, ABranchIsReplayedFromItsBeginning) {
    ASSERT_TRUE(drive(begin("run", 20)));
    ASSERT_TRUE(drive(prepare_branch(dir_ / "run", CheckpointChoice::at(10), dir_ / "b", "b",
                                     {{"steps", std::int64_t{40}}}),
                      [](Worker& worker, std::int64_t step) {
                          if (step == 14) edit(worker, 2);
                      }));
    fs::remove_all(dir_ / "run");
    ASSERT_TRUE(drive(prepare_replay(dir_ / "b", dir_ / "again", "Again")));
    EXPECT_EQ(state("again"), state("b"));
    EXPECT_EQ(Experiment::open(dir_ / "again")->read_metrics().front().step, 11);
}

TEST_F(Derived, RunsAreComparedBySettingsAndCurves) {
    ASSERT_TRUE(drive(begin("a", 3)));
    ASSERT_TRUE(drive(begin("b", 5), [](Worker& worker, std::int64_t step) {
        if (step == 2) edit(worker, 2);
    }));
    const auto comparison = compare_runs({dir_ / "a", dir_ / "b"});
    ASSERT_TRUE(comparison);
    std::vector<std::string> labels;
    for (const auto& setting : comparison->settings) labels.push_back(setting.label);
    EXPECT_EQ(labels, (std::vector<std::string>{"Rate", "Steps"})) << "in the schema's order";
    EXPECT_EQ(comparison->settings[0].values, (std::vector<std::string>{"1", "2"}));
    ASSERT_EQ(comparison->series.size(), 1u);
    EXPECT_EQ(comparison->series[0].spec.label, "Loss");
    EXPECT_EQ(comparison->series[0].points[0].size(), 3u);
    EXPECT_EQ(comparison->series[0].points[1].back().step, 5);
    const Json json = to_json(*comparison);
    EXPECT_EQ(json["runs"][1]["name"], "b");
    EXPECT_EQ(json["metrics"][0]["points"][0][2][0], 3);

    // Another kind: what only one of them has is empty for the other.
    ParamSet gan(gan::schema());
    ASSERT_TRUE(Experiment::create(dir_ / "gan", {.kind = "gan", .params = gan.to_json()}));
    const auto mixed = compare_runs({dir_ / "a", dir_ / "gan"});
    ASSERT_TRUE(mixed);
    for (const auto& setting : mixed->settings)
        if (setting.id == "rate") {
            EXPECT_EQ(setting.values, (std::vector<std::string>{"1", ""}));
        }
    EXPECT_EQ(compare_runs({dir_ / "a"}).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(compare_runs({dir_ / "a", dir_ / "none"}).error().code, ErrorCode::NotFound);
}

TEST_F(Derived, ARunWithoutStepsHasNothingToReplay) {
    ASSERT_TRUE(begin("run", 10));
    EXPECT_EQ(prepare_replay(dir_ / "run", dir_ / "again", "x").error().code,
              ErrorCode::InvalidArgument);
    EXPECT_FALSE(fs::exists(dir_ / "again"));
}

}  // namespace
}  // namespace pentimento
