// Masks that are changed while a refinement runs: logged, kept, and there again when it goes on.
#include <gtest/gtest.h>

#include "core/jobs/jobs.h"
#include "core/media/picture.h"
#include "core/style/style_run.h"
#include "tests/moving_square.h"
#include "tests/temp_dir.h"

namespace pentimento {
namespace {

class Masks : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(write_picture(folder / "content.png", MovingSquare{}.at(0)));
        for (int i = 0; i < 2; ++i)
            ASSERT_TRUE(write_picture(folder / ("style" + std::to_string(i) + ".png"),
                                      MovingSquare{.seed = 5u + static_cast<unsigned>(i)}.at(3)));
        for (const bool left : {false, true}) {
            std::vector<std::uint8_t> rgba;
            for (int x = 0; x < 8; ++x) {
                const std::uint8_t grey = (x < 4) == left ? 255 : 0;
                rgba.insert(rgba.end(), {grey, grey, grey, 255});
            }
            ASSERT_TRUE(write_picture(folder / (left ? "left.png" : "right.png"),
                                      Frame::from_rgba(8, 1, std::move(rgba))));
        }
    }
    StyleRequest request(std::int64_t steps) const {
        StyleRequest request{.params = ParamSet(style::schema()),
                             .content = folder / "content.png",
                             .styles = {folder / "style0.png", folder / "style1.png"},
                             .start = {},
                             .weights = {}};
        EXPECT_TRUE(request.params.apply({{"size", std::int64_t{64}},
                                          {"steps", steps},
                                          {"schedule", std::string("constant")},
                                          {"threads", std::int64_t{1}},
                                          {"device", std::string("cpu")}}));
        request.masks = {folder / "left.png", {}};
        return request;
    }
    /// Runs to the end; after three steps the mask becomes the right one.
    void run(PreparedRun prepared, bool change) const {
        Worker worker;
        const Experiment experiment = *prepared.options.experiment;
        bool changed = false;
        const Status done = worker.run_inline(prepared.factory, std::move(prepared.options), [&] {
            const auto progress = worker.progress().take();
            if (!change || changed || !progress || progress->step < 3) return;
            changed = true;
            auto amendment = prepare_mask_change(experiment, {folder / "right.png", {}});
            ASSERT_TRUE(amendment) << amendment.error().message;
            ASSERT_TRUE(worker.amend(*std::move(amendment)));
        });
        ASSERT_TRUE(done) << done.error().message;
        EXPECT_EQ(changed, change);
    }
    static std::vector<std::uint8_t> pixels(const fs::path& dir) {
        const auto picture = latest_picture(*Experiment::open(dir));
        EXPECT_TRUE(picture);
        std::vector<std::uint8_t> all;
        for (int y = 0; picture && y < picture->height; ++y)
            all.insert(all.end(), picture->row(y),
                       picture->row(y) + std::ptrdiff_t{4} * picture->width);
        return all;
    }

    TempDir folder;
};

TEST_F(Masks, ChangedOnesAreKeptWithTheRunAndItGoesOnWithThem) {
    auto whole = prepare_style(request(8), folder / "whole", "whole");
    ASSERT_TRUE(whole) << whole.error().message;
    run(*std::move(whole), true);
    const auto experiment = Experiment::open(folder / "whole");
    ASSERT_TRUE(experiment);
    int told = 0;
    for (const Event& event : experiment->read_events()) told += event.type == "inputs";
    EXPECT_EQ(told, 1);
    const Json now = inputs_at(*experiment, 8), before = inputs_at(*experiment, 2);
    ASSERT_EQ(now["masks"].size(), 2u);
    EXPECT_TRUE(fs::exists(folder / "whole/inputs" / now["masks"][0].get<std::string>()));
    EXPECT_EQ(before["masks"], Json({"mask-1.png", ""}));

    // The same again, interrupted after the change.
    auto first = prepare_style(request(6), folder / "parts", "parts");
    ASSERT_TRUE(first);
    run(*std::move(first), true);
    auto rest = prepare_resume(folder / "parts", 8);
    ASSERT_TRUE(rest) << rest.error().message;
    run(*std::move(rest), false);
    EXPECT_EQ(pixels(folder / "parts"), pixels(folder / "whole"));
    // And it is not what comes of the first masks.
    auto other = prepare_style(request(8), folder / "other", "other");
    ASSERT_TRUE(other);
    run(*std::move(other), false);
    EXPECT_NE(pixels(folder / "other"), pixels(folder / "whole"));
    // A branch begins with the masks of its step.
    auto branch = prepare_branch(folder / "parts", CheckpointChoice::latest(), folder / "branch",
                                 "branch", {{"steps", std::int64_t{9}}});
    ASSERT_TRUE(branch) << branch.error().message;
    EXPECT_EQ(Experiment::open(folder / "branch")->info().inputs["masks"], now["masks"]);
}

TEST_F(Masks, ThatCannotBeReadAreRefusedBeforeAnythingIsChanged) {
    auto prepared = prepare_style(request(4), folder / "run", "run");
    ASSERT_TRUE(prepared);
    const Experiment experiment = *prepared->options.experiment;
    EXPECT_FALSE(prepare_mask_change(experiment, {folder / "nowhere.png"}));
}

}  // namespace
}  // namespace pentimento
