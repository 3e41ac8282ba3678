// A training run from start to picture through the jobs that both programs use.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/file.h"
#include "core/jobs/jobs.h"
#include "tests/temp_dir.h"
#include "tests/toy_data.h"

namespace pentimento {
namespace {

ParamSet small_params(std::int64_t steps) {
    ParamSet params(gan::schema());
    const std::pair<const char*, const char*> settings[] = {
        {"arch", "fc"},   {"size", "28"},        {"channels", "1"},      {"batch", "8"},
        {"threads", "1"}, {"sample_every", "4"}, {"metrics_every", "1"}, {"preview_count", "4"}};
    for (const auto& [id, text] : settings) EXPECT_TRUE(params.set_text(id, text)) << id;
    EXPECT_TRUE(params.set("steps", steps));
    return params;
}

class Training : public ::testing::Test {
  protected:
    void SetUp() override { write_toy_pack(dir / "data.pack", 28, 1, 40); }

    PreparedRun prepare(const char* name, std::int64_t steps) {
        auto run = prepare_training(small_params(steps), dir / "data.pack", dir / name, name);
        EXPECT_TRUE(run) << (run ? "" : run.error().message);
        return *std::move(run);
    }
    static void run_all(PreparedRun run, const std::function<void(Worker&)>& between = {}) {
        Worker worker;
        const Status status = worker.run_inline(run.factory, run.options, [&] {
            if (between) between(worker);
        });
        ASSERT_TRUE(status) << status.error().message;
    }
    /// Every file of the newest checkpoint except the manifest with its time.
    static std::map<std::string, std::string> weights(const fs::path& run) {
        std::map<std::string, std::string> files;
        const auto checkpoint = Experiment::open(run)->latest_checkpoint();
        EXPECT_TRUE(checkpoint);
        for (const auto& entry : fs::directory_iterator(checkpoint->dir))
            if (entry.path().filename() != "manifest.json")
                files[entry.path().filename().string()] = *read_file(entry.path());
        return files;
    }

    TempDir dir;
};

TEST_F(Training, SameSeedSameResultAndPreviewsDoNotMatter) {
    run_all(prepare("a", 6));
    PreparedRun watched = prepare("b", 6);
    watched.options.preview_interval = 1e-9;
    run_all(std::move(watched), [](Worker& worker) {
        worker.request_preview();
        (void)worker.previews().take();
    });
    EXPECT_EQ(weights(dir / "a"), weights(dir / "b"));
    ParamSet other = small_params(6);
    ASSERT_TRUE(other.set_text("seed", "2"));
    run_all(*prepare_training(other, dir / "data.pack", dir / "c", "c"));
    EXPECT_NE(weights(dir / "a"), weights(dir / "c"));
}

TEST_F(Training, InterruptedAndResumedEqualsUninterruptedEditsIncluded) {
    const auto edit_at_three = [](Worker& worker, std::int64_t step) {
        if (step == 3) {
            EXPECT_TRUE(worker.edit({{"lr_g", 1e-3}}));
        }
    };
    const auto step_of = [](Worker& worker) {
        const auto progress = worker.progress().take();
        return progress ? progress->step : -1;
    };
    run_all(prepare("whole", 10), [&](Worker& worker) { edit_at_three(worker, step_of(worker)); });
    run_all(prepare("cut", 10), [&](Worker& worker) {
        const std::int64_t step = step_of(worker);
        edit_at_three(worker, step);
        if (step == 7) {
            EXPECT_TRUE(worker.stop());
        }
    });
    auto resumed = prepare_resume(dir / "cut", std::nullopt);
    ASSERT_TRUE(resumed) << resumed.error().message;
    run_all(*std::move(resumed));
    EXPECT_EQ(weights(dir / "whole"), weights(dir / "cut"));
    const auto a = Experiment::open(dir / "whole")->read_metrics(),
               b = Experiment::open(dir / "cut")->read_metrics();
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].step, b[i].step);
        ASSERT_EQ(a[i].metrics.size(), b[i].metrics.size());
        for (std::size_t k = 0; k < a[i].metrics.size(); ++k) {
            // Read-outs that depend on the clock are no part of the state.
            EXPECT_EQ(a[i].metrics[k].value, b[i].metrics[k].value)
                << a[i].metrics[k].id << " at " << a[i].step;
        }
    }
    EXPECT_GE(b.back().seconds, b.front().seconds);
}

TEST_F(Training, ResumeExtendsTheRunAndLogsTheChange) {
    run_all(prepare("run", 4));
    EXPECT_EQ(prepare_resume(dir / "run", std::nullopt).error().code, ErrorCode::InvalidArgument);
    auto resumed = prepare_resume(dir / "run", 8, {{"lr_d", 5e-5}});
    ASSERT_TRUE(resumed) << resumed.error().message;
    run_all(*std::move(resumed));
    const Experiment experiment = *Experiment::open(dir / "run");
    EXPECT_EQ(experiment.latest_checkpoint()->step, 8);
    const auto params = current_params(experiment);
    ASSERT_TRUE(params);
    EXPECT_EQ(std::get<std::int64_t>(params->value("steps")), 8);
    EXPECT_EQ(std::get<double>(params->value("lr_d")), 5e-5);
}

TEST_F(Training, SamplesCarryTheirSettingsAndCanBeMadeAgain) {
    run_all(prepare("run", 4));
    const Experiment experiment = *Experiment::open(dir / "run");
    ASSERT_EQ(experiment.samples().size(), 2u);  // steps 0 and 4
    const auto settings = read_settings(experiment.samples().back().path);
    ASSERT_TRUE(settings) << settings.error().message;
    const auto json = parse_json(*settings, "settings");
    ASSERT_TRUE(json);
    EXPECT_EQ((*json)["step"], 4);
    EXPECT_EQ((*json)["params"]["arch"], "fc");
    const auto a = sample_run(dir / "run", {.count = 6, .columns = 3, .seed = 5}),
               b = sample_run(dir / "run", {.count = 6, .columns = 3, .seed = 5}),
               c = sample_run(dir / "run", {.count = 6, .columns = 3, .seed = 6});
    ASSERT_TRUE(a && b && c) << (a ? "" : a.error().message);
    EXPECT_EQ(a->frame.width, 84);
    EXPECT_EQ(a->frame.height, 56);
    const auto pixels = [](const Preview& preview) {
        return std::vector<std::uint8_t>(
            preview.frame.pixels,
            preview.frame.pixels + preview.frame.stride * preview.frame.height);
    };
    EXPECT_EQ(pixels(*a), pixels(*b));
    EXPECT_NE(pixels(*a), pixels(*c));
    EXPECT_TRUE(latest_picture(experiment));
}

TEST_F(Training, WhatIsMissingOrChangedIsSaidInWords) {
    run_all(prepare("run", 2));
    fs::rename(dir / "data.pack", dir / "moved.pack");
    EXPECT_EQ(prepare_resume(dir / "run", 4).error().code, ErrorCode::NotFound);
    EXPECT_TRUE(prepare_resume(dir / "run", 4, {}, {.pack = dir / "moved.pack"}));
    write_toy_pack(dir / "data.pack", 28, 1, 41);
    EXPECT_EQ(prepare_resume(dir / "run", 4).error().code, ErrorCode::Conflict);
    EXPECT_EQ(prepare_resume(dir / "nothing", 4).error().code, ErrorCode::NotFound);
    EXPECT_FALSE(prepare_training(small_params(2), dir / "none.pack", dir / "x", "x"));
    EXPECT_FALSE(fs::exists(dir / "x")) << "no folder for a run that cannot start";
    EXPECT_EQ(prepare_training(small_params(2), dir / "moved.pack", dir / "run", "x").error().code,
              ErrorCode::Conflict);
}

TEST_F(Training, ACheckpointWhoseBytesChangedIsRefused) {
    run_all(prepare("run", 2));
    const auto checkpoint = Experiment::open(dir / "run")->latest_checkpoint();
    for (const auto& entry : fs::directory_iterator(checkpoint->dir)) {
        if (entry.path().extension() != ".safetensors") continue;
        std::string bytes = *read_file(entry.path());
        bytes[bytes.size() - 3] ^= 0x10;
        ASSERT_TRUE(write_file_atomically(entry.path(), bytes));
    }
    const auto sample = sample_run(dir / "run", {});
    ASSERT_FALSE(sample);
    EXPECT_NE(sample.error().message.find("no usable checkpoint"), std::string::npos);
}

}  // namespace
}  // namespace pentimento
