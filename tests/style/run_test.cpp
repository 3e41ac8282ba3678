// The whole run with a network of random weights: exactness, live edits, checkpoints, refusals.
#include <fstream>
#include <set>

#include "core/base/file.h"
#include "tests/style/tiny_network.h"

namespace pentimento::style {
namespace {

class StyleRunTest : public WithNetwork {
  protected:
    static StyleInputs inputs(int styles = 1) {
        StyleInputs in;
        in.content = waves_frame(80, 64, 0.11);
        for (int i = 0; i < styles; ++i)
            in.styles.push_back(waves_frame(70 + 10 * i, 90, 0.31 + 0.17 * i));
        in.weights = weights();
        return in;
    }
    static ParamSet small(const Patch& changes = {}) {
        ParamSet params(schema());
        const auto base = params.apply({{"features", std::string("squeezenet")},
                                        {"size", std::int64_t{64}},
                                        {"steps", std::int64_t{6}},
                                        {"threads", std::int64_t{1}},
                                        {"device", std::string("cpu")}});
        EXPECT_TRUE(base) << base.error().message;
        const auto status = params.apply(changes);
        EXPECT_TRUE(status) << status.error().message;
        return params;
    }
    static std::unique_ptr<pentimento::Run> make(const Patch& changes = {}, int styles = 1) {
        auto run = make_run(small(changes), inputs(styles));
        EXPECT_TRUE(run) << run.error().message << run.error().detail;
        return run ? *std::move(run) : nullptr;
    }
    static std::vector<std::uint8_t> bytes(pentimento::Run& run) {
        const auto preview = run.preview();
        EXPECT_TRUE(preview);
        const auto& frame = preview->frame;
        return {frame.pixels, frame.pixels + frame.height * frame.stride};
    }
    static std::filesystem::path checkpoint(const std::string& name) {
        const auto dir = folder() / name;
        std::filesystem::remove_all(dir);
        std::filesystem::create_directories(dir);
        return dir;
    }
    /// Every tensor of the checkpoint, so that what a preview rounds away is compared, too.
    static std::map<std::string, torch::Tensor> state(pentimento::Run& run) {
        const auto dir = checkpoint("state");
        EXPECT_TRUE(run.save(dir));
        auto file = read_safetensors(dir / "style.safetensors");
        EXPECT_TRUE(file);
        return file->tensors;
    }
    static void expect_equal(pentimento::Run& a, pentimento::Run& b, const std::string& what) {
        const auto first = state(a), second = state(b);
        ASSERT_EQ(first.size(), second.size()) << what;
        for (const auto& [name, tensor] : first)
            EXPECT_TRUE(torch::equal(tensor, second.at(name))) << what << ": " << name;
    }
    static std::map<std::string, double> step(pentimento::Run& run) {
        const auto report = run.step();
        EXPECT_TRUE(report) << report.error().message;
        std::map<std::string, double> metrics;
        if (report)
            for (const auto& metric : report->metrics) metrics[metric.id] = metric.value;
        return metrics;
    }
};

TEST_F(StyleRunTest, InterruptedEqualsUninterrupted) {
    for (const char* optimiser : {"adam", "lbfgs", "sgd"})
        for (const char* init : {"content", "noise"}) {
            const Patch patch{{"optimiser", std::string(optimiser)}, {"init", std::string(init)}};
            for (const int cut : {1, 3}) {
                auto whole = make(patch), first = make(patch), second = make(patch);
                for (int i = 0; i < 6; ++i) step(*whole);
                for (int i = 0; i < cut; ++i) step(*first);
                const auto dir = checkpoint("cut");
                ASSERT_TRUE(first->save(dir));
                const auto restored = second->restore(dir);
                ASSERT_TRUE(restored) << restored.error().message;
                EXPECT_EQ(second->steps_done(), cut);
                for (int i = cut; i < 6; ++i) step(*second);
                expect_equal(*whole, *second, std::string(optimiser) + " " + init);
            }
        }
}

TEST_F(StyleRunTest, CoarseToFineGrowsAndResumesExactly) {
    for (const char* optimiser : {"adam", "lbfgs", "sgd"}) {
        const Patch patch{{"optimiser", std::string(optimiser)},
                          {"size", std::int64_t{128}},
                          {"scales", std::string("growing")},
                          {"min_size", std::int64_t{64}},
                          {"steps", std::int64_t{8}},
                          {"averaging", 0.99}};
        auto whole = make(patch);
        std::vector<int> widths;
        for (int i = 0; i < 8; ++i) {
            step(*whole);
            widths.push_back(whole->preview()->frame.width);
        }
        // 64, 91 and 128 px: half of the steps for the first, as many for both others together.
        EXPECT_EQ(widths, (std::vector<int>{64, 64, 64, 64, 91, 91, 128, 128})) << optimiser;
        for (const int cut : {2, 4, 5, 7}) {  // within sizes and at a seam
            auto first = make(patch), second = make(patch);
            for (int i = 0; i < cut; ++i) step(*first);
            const auto dir = checkpoint("scales");
            ASSERT_TRUE(first->save(dir));
            const auto restored = second->restore(dir);
            ASSERT_TRUE(restored) << restored.error().message;
            EXPECT_EQ(bytes(*first), bytes(*second));
            for (int i = cut; i < 8; ++i) step(*second);
            expect_equal(*whole, *second, std::string(optimiser) + " " + std::to_string(cut));
        }
    }
}

TEST_F(StyleRunTest, RaisedStepsNeverMakeThePictureSmaller) {
    auto run = make({{"size", std::int64_t{96}},
                     {"scales", std::string("growing")},
                     {"min_size", std::int64_t{64}},
                     {"steps", std::int64_t{3}}});
    for (int i = 0; i < 3; ++i) step(*run);
    EXPECT_EQ(run->preview()->frame.width, 96);
    ASSERT_TRUE(run->apply({{"steps", std::int64_t{30}}}));
    step(*run);
    EXPECT_EQ(run->preview()->frame.width, 96);
}

TEST_F(StyleRunTest, AveragingShowsLessGrainAndFollowsTheWeights) {
    const Patch noise{{"init", std::string("noise")}, {"steps", std::int64_t{40}}};
    auto averaged = make(noise);  // as it is by itself
    Patch without = noise;
    without["averaging"] = 0.0;
    auto plain = make(without);
    for (int i = 0; i < 20; ++i) step(*plain), step(*averaged);
    EXPECT_TRUE(torch::equal(state(*plain).at("picture"), state(*averaged).at("picture")))
        << "the optimisation itself is the same";
    EXPECT_NE(bytes(*plain), bytes(*averaged));
    ASSERT_TRUE(averaged->apply({{"style_weight", 100.0}}));
    EXPECT_EQ(bytes(*plain), bytes(*averaged)) << "a changed weight begins a new average";
    step(*averaged), step(*averaged);
    ASSERT_TRUE(averaged->apply({{"averaging", 0.0}}));
    EXPECT_EQ(state(*averaged).count("average"), 0u);
}

TEST_F(StyleRunTest, KeepingColoursOnlyChangesWhatIsShown) {
    auto run = make(), other = make();
    for (int i = 0; i < 2; ++i) step(*run), step(*other);
    const auto before = bytes(*run);
    for (const char* kind : {"luma", "oklab", "mean_cov"}) {
        ASSERT_TRUE(run->apply({{"colour", std::string(kind)}}));
        EXPECT_NE(bytes(*run), before) << kind;
    }
    step(*run), step(*other);
    ASSERT_TRUE(run->apply({{"colour", std::string("none")}}));
    expect_equal(*run, *other, "colour");
}

TEST_F(StyleRunTest, MasksGiveEachPartItsStyle) {
    auto in = inputs(2);
    const auto mask = Frame::from_rgba(2, 1, {255, 255, 255, 255, 0, 0, 0, 255});
    in.masks = {mask, std::nullopt};
    auto masked = make_run(small(), in);
    ASSERT_TRUE(masked) << masked.error().message;
    auto plain = make({}, 2);
    step(**masked), step(*plain);
    EXPECT_NE(bytes(**masked), bytes(*plain));
    // Weights are as live as without masks.
    ASSERT_TRUE((*masked)->apply({{"style_weight_1", 0.0}, {"style_weight_2", 0.0}}));
    EXPECT_EQ(step(**masked).at("style_loss"), 0);
    in.masks = {mask, mask, mask};
    EXPECT_FALSE(make_run(small(), in));
    in.masks = {Frame{}};
    EXPECT_FALSE(make_run(small(), in));
}

TEST_F(StyleRunTest, TilesGiveTheSamePicture) {
    auto whole = make({{"size", std::int64_t{160}}});
    auto tiled = make({{"size", std::int64_t{160}}, {"tile", std::int64_t{64}}});
    const auto a = step(*whole), b = step(*tiled);
    EXPECT_NEAR(a.at("style_loss"), b.at("style_loss"), 1e-4);
    for (int i = 0; i < 3; ++i) step(*whole), step(*tiled);
    const auto x = state(*whole).at("picture"), y = state(*tiled).at("picture");
    EXPECT_LT((x - y).abs().mean().item<double>(), 2e-3);
}

TEST_F(StyleRunTest, SameSeedSameResultAndPreviewsChangeNothing) {
    const Patch patch{{"init", std::string("noise")}, {"optimiser", std::string("lbfgs")}};
    auto a = make(patch), b = make(patch);
    auto c = make({{"init", std::string("noise")}, {"seed", std::int64_t{2}}});
    EXPECT_NE(bytes(*a), bytes(*c)) << "another seed is another start";
    for (int i = 0; i < 4; ++i) {
        step(*a);
        bytes(*b);
        step(*b);
    }
    expect_equal(*a, *b, "previews");
}

TEST_F(StyleRunTest, LossesFall) {
    for (const char* optimiser : {"adam", "lbfgs", "sgd"}) {
        auto run = make({{"optimiser", std::string(optimiser)},
                         {"init", std::string("noise")},
                         {"steps", std::int64_t{60}},
                         {"learning_rate", optimiser == std::string("sgd") ? 0.01 : 0.0}});
        const auto first = step(*run);
        auto last = first;
        for (int i = 1; i < 60; ++i) last = step(*run);
        EXPECT_LT(last.at("style_loss"), 0.6 * first.at("style_loss")) << optimiser;
        EXPECT_LT(last.at("content_loss"), first.at("content_loss")) << optimiser;
        EXPECT_LT(last.at("total_loss"), 0.7 * first.at("total_loss")) << optimiser;
        EXPECT_EQ(run->steps_done(), 60);
    }
}

TEST_F(StyleRunTest, ContentStartsAtZeroLossAndShowsTheContent) {
    auto run = make();
    const auto before = bytes(*run);
    EXPECT_NEAR(before[0], 127, 12) << "the first pixel of the content";
    EXPECT_NEAR(step(*run).at("content_loss"), 0, 1e-9);
    EXPECT_NE(bytes(*run), before);
}

TEST_F(StyleRunTest, StartsFromAPicture) {
    const Patch patch{{"init", std::string("picture")}};
    const auto without = make_run(small(patch), inputs());
    ASSERT_FALSE(without);
    EXPECT_EQ(without.error().code, ErrorCode::InvalidArgument);
    auto in = inputs();
    in.start = Frame::from_rgba(10, 10, std::vector<std::uint8_t>(400, 255));
    const auto run = make_run(small(patch), in);
    ASSERT_TRUE(run) << run.error().message;
    const auto pixels = bytes(**run);
    EXPECT_EQ(pixels, std::vector<std::uint8_t>(pixels.size(), 255));
}

TEST_F(StyleRunTest, LiveWeightsActAtTheNextStep) {
    for (const char* optimiser : {"adam", "lbfgs", "sgd"}) {
        const Patch patch{{"optimiser", std::string(optimiser)}, {"steps", std::int64_t{50}}};
        auto run = make(patch, 2), other = make(patch, 2);
        for (int i = 0; i < 3; ++i) step(*run), step(*other);
        ASSERT_TRUE(run->apply({{"style_weight_1", 0.0}}));
        EXPECT_EQ(run->params().value("style_weight_1"), ParamValue(0.0));
        const auto changed = step(*run), same = step(*other);
        EXPECT_NE(changed.at("style_loss"), same.at("style_loss")) << "the mixture has changed";
        EXPECT_EQ(changed.at("content_loss"), same.at("content_loss"))
            << "the picture has not, yet";
        step(*run), step(*other);
        EXPECT_NE(bytes(*run), bytes(*other));
        EXPECT_FALSE(run->apply({{"style_weight", -1.0}}));
        EXPECT_FALSE(run->apply({{"no_such_weight", 1.0}}));
        EXPECT_EQ(run->params().value("style_weight"), other->params().value("style_weight"));
    }
}

TEST_F(StyleRunTest, ContentAloneRestoresTheContent) {
    auto run = make({{"init", std::string("noise")},
                     {"style_weight", 0.0},
                     {"tv_weight", 0.0},
                     {"optimiser", std::string("lbfgs")},
                     {"content_layer_squeezenet", std::string("relu1")},
                     {"steps", std::int64_t{80}}});
    const auto first = step(*run);
    auto last = first;
    for (int i = 1; i < 80; ++i) last = step(*run);
    EXPECT_LT(last.at("content_loss"), 0.05 * first.at("content_loss"));
}

TEST_F(StyleRunTest, MixtureOfOneIsThatStyle) {
    // Weights count relative to each other: (0, 3) of two styles is the second style alone.
    auto in = inputs(2);
    auto both = make_run(small({{"style_weight_1", 0.0}, {"style_weight_2", 3.0}}), in);
    in.styles.erase(in.styles.begin());
    auto alone = make_run(small(), in);
    ASSERT_TRUE(both && alone);
    for (int i = 0; i < 3; ++i) step(**both), step(**alone);
    EXPECT_EQ(bytes(**both), bytes(**alone));
    // With all of them 0 there is no style left to go to.
    auto none = make({{"style_weight_1", 0.0}});
    EXPECT_EQ(step(*none).at("style_loss"), 0);
}

TEST_F(StyleRunTest, EndsAtItsStepsWhichCanBeRaised) {
    auto run = make({{"steps", std::int64_t{2}}});
    EXPECT_FALSE(run->step()->finished);
    ASSERT_TRUE(run->apply({{"steps", std::int64_t{3}}}));
    EXPECT_FALSE(run->step()->finished);
    const auto last = run->step();
    EXPECT_TRUE(last->finished);
    EXPECT_EQ(last->total_steps, 3);
    EXPECT_EQ(last->metrics.size(), run->metric_specs().size());
}

TEST_F(StyleRunTest, DamagedCheckpointsAreRefusedAndChangeNothing) {
    auto run = make({{"optimiser", std::string("lbfgs")}});
    for (int i = 0; i < 3; ++i) step(*run);
    const auto dir = checkpoint("damaged");
    ASSERT_TRUE(run->save(dir));
    const auto before = bytes(*run);
    const auto path = dir / "style.safetensors";
    const auto sound = read_file(path);
    ASSERT_TRUE(sound);
    for (std::size_t i = 0; i < 60; ++i) {
        auto damaged = *sound;
        damaged[i * damaged.size() / 60] ^= 0x10;
        ASSERT_TRUE(write_file_atomically(path, damaged));
        const auto status = run->restore(dir);
        EXPECT_FALSE(status) << i;
        EXPECT_FALSE(status.ok() || status.error().message.empty());
    }
    EXPECT_EQ(bytes(*run), before);
    EXPECT_EQ(run->steps_done(), 3);
    EXPECT_FALSE(run->restore(checkpoint("empty")));
    // Sound files that do not belong here.
    ASSERT_TRUE(write_safetensors(path, {{"picture", torch::zeros({1, 3, 8, 8})}},
                                  {{"kind", "style"}, {"step", "1"}}));
    EXPECT_FALSE(run->restore(dir));
    for (const char* wrong : {"", "-1", "1x", "99999999999999999999"}) {
        ASSERT_TRUE(write_safetensors(path, {{"picture", torch::zeros({1, 3, 51, 64})}},
                                      {{"kind", "style"}, {"step", wrong}}));
        EXPECT_FALSE(run->restore(dir)) << wrong;
    }
    EXPECT_EQ(bytes(*run), before);
}

TEST_F(StyleRunTest, AnotherOptimiserGoesOnFromTheStoredPicture) {
    auto run = make({{"optimiser", std::string("adam")}});
    for (int i = 0; i < 2; ++i) step(*run);
    const auto dir = checkpoint("other");
    ASSERT_TRUE(run->save(dir));
    auto next = make({{"optimiser", std::string("lbfgs")}});
    ASSERT_TRUE(next->restore(dir));
    EXPECT_EQ(bytes(*next), bytes(*run));
    EXPECT_EQ(next->steps_done(), 2);
    step(*next);
}

TEST_F(StyleRunTest, RefusesWhatCannotWork) {
    const auto message = [](const Patch& patch, const StyleInputs& in) {
        const auto run = make_run(small(patch), in);
        return run ? std::string() : run.error().message;
    };
    EXPECT_NE(message({}, inputs(0)).find("1 to 8"), std::string::npos);
    EXPECT_FALSE(message({}, inputs(9)).empty());
    auto in = inputs();
    in.content = {};
    EXPECT_NE(message({}, in).find("content"), std::string::npos);
    const auto layer = message({{"more_content_layers", std::string("relu9")}}, inputs());
    EXPECT_NE(layer.find("relu9"), std::string::npos) << layer;
    in = inputs();
    in.weights.clear();
    EXPECT_NE(message({}, in).find("SqueezeNet"), std::string::npos);
    in.weights = folder() / "missing";
    EXPECT_FALSE(message({}, in).empty());
    EXPECT_NE(message({{"features", std::string("vgg19")}}, inputs()).find("squeezenet"),
              std::string::npos)
        << "weights of the other network";
}

TEST_F(StyleRunTest, InfiniteLossIsAMessageAndNotAPicture) {
    auto tensors = random_weights("squeezenet");
    for (auto& [name, tensor] : tensors) tensor.mul_(1e12);
    const auto path = folder() / "huge.safetensors";
    ASSERT_TRUE(write_safetensors(path, tensors));
    for (const char* optimiser : {"adam", "lbfgs", "sgd"}) {
        auto in = inputs();
        in.weights = path;
        auto run = make_run(small({{"optimiser", std::string(optimiser)}}), in);
        ASSERT_TRUE(run) << run.error().message;
        const auto before = bytes(**run);
        const auto report = (*run)->step();
        ASSERT_FALSE(report) << optimiser;
        EXPECT_EQ(report.error().code, ErrorCode::Numeric);
        EXPECT_EQ(bytes(**run), before);
    }
}

TEST_F(StyleRunTest, StepsDoNotLeakMemory) {
    const auto resident = [] {
        std::ifstream statm("/proc/self/statm");
        long total = 0, pages = 0;
        statm >> total >> pages;
        return pages * 4096.0 / 1e6;
    };
    auto run = make({{"optimiser", std::string("lbfgs")}, {"steps", std::int64_t{1000}}});
    for (int i = 0; i < 30; ++i) step(*run);
    const double before = resident();
    for (int i = 0; i < 90; ++i) {
        step(*run);
        bytes(*run);
    }
    // A graph that is kept would cost about 2 MB a step.
    EXPECT_LT(resident() - before, 40);
}

TEST_F(StyleRunTest, EveryPresetApplies) {
    ASSERT_GE(presets().size(), 4u);
    std::set<std::string> ids;
    for (const auto& preset : presets()) {
        ParamSet params(schema());
        const auto status = preset.apply_to(params);
        EXPECT_TRUE(status) << preset.id << ": " << status.error().message;
        EXPECT_TRUE(ids.insert(preset.id).second);
        EXPECT_FALSE(preset.label.empty() || preset.help.empty());
    }
}

TEST_F(StyleRunTest, EveryChoiceWorks) {
    for (const auto& spec : schema().specs()) {
        EXPECT_FALSE(spec.label.empty() || spec.help.empty() || spec.group.empty()) << spec.id;
        if (spec.id == "features" || spec.id == "device" || spec.id == "init" ||
            (spec.when_id == "features" &&
             spec.when_values != std::vector<std::string>{"squeezenet"}))
            continue;
        for (const auto& choice : spec.choices) {
            if (choice.id == "painter") continue;  // needs a file: see one_pass_test
            auto run = make({{spec.id, choice.id}});
            ASSERT_TRUE(run) << spec.id << " " << choice.id;
            step(*run);
            step(*run);
        }
    }
    EXPECT_EQ(style_weight_id(0), "style_weight_1");
    EXPECT_EQ(style_weight_id(kMaxStyles - 1), "style_weight_8");
}

}  // namespace
}  // namespace pentimento::style
