// Training as a whole: reproducible, resumable, undisturbed by previews, steered live, and it
// learns.
#include <algorithm>
#include <limits>

#include "core/base/file.h"
#include "core/base/json.h"
#include "toy.h"

namespace pentimento::gan {
namespace {

class Training : public testing::TestWithParam<std::string> {
  protected:
    /// The lesson's networks take its 28 px in grey, the others 32 px in colour.
    static bool lesson() { return GetParam() == "fc" || GetParam() == "dcgan"; }
    static Settings settings() {
        if (lesson()) return small(GetParam(), 28, 1);
        const Family& family = *family_registry().find(GetParam());
        // Penalties at every other step, and growth within the few steps of a test.
        Settings all = with(with({{"arch", family.arch}}, family.published), family.small);
        all = with(all,
                   with(small(family.arch, 32, 3), {{"width", "4"}, {"augment_strength", "0.5"}}));
        for (const auto& [id, value] : Settings{{"r1_every", "2"},
                                                {"path_length_every", "2"},
                                                {"grow_fade_kimg", "0.1"},
                                                {"grow_stable_kimg", "0.1"}})
            if (std::any_of(family.published.begin(), family.published.end(),
                            [&id = id](const auto& known) { return known.first == id; }))
                all.emplace_back(id, value);
        // From 4 to 8 px at the third step, to 16 px at the sixth.
        if (GetParam() == "progan") all.emplace_back("batch", "32");
        return with(all, {{"lr_g", "2e-4"}, {"lr_d", "2e-4"}});
    }
    PackedDataset data_ = lesson() ? stripes(28, 1) : stripes(32, 3);
    Settings settings_ = with(settings(), {{"flips", "true"}, {"d_steps", "2"}});
};

TEST_P(Training, TheSameSeedGivesTheSameWeights) {
    const auto a = start(settings_, data_), b = start(settings_, data_);
    const auto other = start(with(settings_, {{"seed", "2"}}), data_);
    steps(*a, 4);
    steps(*b, 4);
    steps(*other, 4);
    EXPECT_TRUE(same(*a, *b));
    EXPECT_FALSE(same(*a, *other));
}

TEST_P(Training, PreviewsChangeNothing) {
    const auto plain = start(settings_, data_), watched = start(settings_, data_);
    steps(*plain, 4);
    for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(watched->preview().ok());
        steps(*watched, 1);
        ASSERT_TRUE(watched->preview().ok());
    }
    EXPECT_TRUE(same(*plain, *watched));
}

TEST_P(Training, ResumedEqualsUninterruptedBitForBit) {
    const auto whole = start(settings_, data_);
    steps(*whole, 6);

    const TemporaryDirectory dir;
    {
        const auto first = start(settings_, data_);
        steps(*first, 3);
        const Status saved = first->save(dir / ".");
        ASSERT_TRUE(saved.ok()) << saved.error().message;
    }
    const auto second = start(settings_, data_);
    const Status restored = second->restore(dir / ".");
    ASSERT_TRUE(restored.ok()) << restored.error().message;
    EXPECT_EQ(second->steps_done(), 3);
    steps(*second, 3);
    EXPECT_EQ(second->steps_done(), 6);
    EXPECT_TRUE(same(*whole, *second));
    EXPECT_EQ(whole->augment_strength(), second->augment_strength());
    if (GetParam() == "progan") {
        EXPECT_EQ(whole->players().discriminator->scales(), std::vector<std::int64_t>{16});
    }
}

TEST_P(Training, ALearningRateTakesEffectAtTheNextStep) {
    const auto steady = start(settings_, data_), edited = start(settings_, data_);
    steps(*steady, 2);
    steps(*edited, 2);
    ASSERT_TRUE(edited->apply({{"lr_g", 1e-3}}).ok());
    EXPECT_EQ(edited->params().get(kLrG), 1e-3);
    EXPECT_EQ(edited->players().generator_optimiser->lr(), 1e-3);
    EXPECT_EQ(edited->players().discriminator_optimiser->lr(), 2e-4);
    EXPECT_TRUE(same(*steady, *edited)) << "nothing happens before the step";
    steps(*steady, 1);
    steps(*edited, 1);
    EXPECT_FALSE(same(*steady->players().generator, *edited->players().generator));
    // The discriminator stepped before the generator did.
    EXPECT_TRUE(torch::equal(steady->players().discriminator->parameters()[0],
                             edited->players().discriminator->parameters()[0]));
}

INSTANTIATE_TEST_SUITE_P(All, Training,
                         testing::Values("fc", "dcgan", "stylegan2", "progan", "msggan"));

TEST(TrainingRules, RestartParametersAndUnknownOnesAreRefused) {
    const auto run = start(small("fc", 28, 1), stripes(28, 1));
    const Status batch = run->apply({{"lr_g", 1e-3}, {"batch", std::int64_t{16}}});
    ASSERT_FALSE(batch.ok());
    EXPECT_EQ(batch.error().code, ErrorCode::Conflict);
    EXPECT_NE(batch.error().message.find("Batch size"), std::string::npos);
    EXPECT_EQ(run->params().get(kLrG), 2e-4) << "all or nothing";
    EXPECT_EQ(run->apply({{"lr_x", 1.0}}).error().code, ErrorCode::NotFound);
    EXPECT_FALSE(run->apply({{"lr_g", 7.0}}).ok());
}

TEST(TrainingRules, SkippingLeavesTheDiscriminatorAlone) {
    const auto run = start(with(small("fc", 28, 1), {{"skip_d_below", "5"}}), stripes(28, 1));
    const auto before = run->players().discriminator->parameters()[0].clone();
    const auto report = step(*run);
    EXPECT_EQ(metric(report, "d_skipped"), 1.0);
    EXPECT_TRUE(torch::equal(before, run->players().discriminator->parameters()[0]));
    ASSERT_TRUE(run->apply({{"skip_d_below", 0.0}}).ok());
    EXPECT_EQ(metric(step(*run), "d_skipped"), 0.0);
    EXPECT_FALSE(torch::equal(before, run->players().discriminator->parameters()[0]));
}

TEST(TrainingRules, DiscriminatorStepsAreCountedInPictures) {
    const auto run = start(with(small("fc", 28, 1), {{"d_steps", "3"}}), stripes(28, 1));
    EXPECT_EQ(step(*run).items, 3 * 8);
    const auto adam = run->players().discriminator_optimiser->state();
    EXPECT_EQ(adam[2].first.substr(adam[2].first.size() - 5), ".step");
    EXPECT_EQ(adam[2].second.item<std::int64_t>(), 3);
    EXPECT_EQ(run->players().generator_optimiser->state()[2].second.item<std::int64_t>(), 1);
    ASSERT_TRUE(run->apply({{"d_steps", std::int64_t{1}}}).ok());
    EXPECT_EQ(step(*run).items, 8);
}

TEST(TrainingRules, TheGeneratorsPhaseGivesTheDiscriminatorNoGradients) {
    auto run =
        start(with(small("dcgan", 28, 1), {{"generator_first", "true"}, {"skip_d_below", "5"}}),
              stripes(28, 1));
    step(*run);
    for (const auto& parameter : run->players().discriminator->parameters()) {
        EXPECT_FALSE(parameter.grad().defined());
        EXPECT_TRUE(parameter.requires_grad()) << "switched on again afterwards";
    }
}

TEST(TrainingRules, AveragingHalvesTheDiscriminatorsLoss) {
    const auto data = stripes(28, 1);
    const auto sum = start(small("fc", 28, 1), data);
    const auto mean = start(with(small("fc", 28, 1), {{"average_d_loss", "true"}}), data);
    EXPECT_NEAR(metric(step(*sum), "loss_d"), 2 * metric(step(*mean), "loss_d"), 1e-6);
}

TEST(TrainingRules, MetricsComeAsOftenAsAskedAndAreAllDeclared) {
    const auto run =
        start(with(small("fc", 28, 1), {{"metrics_every", "3"}, {"steps", "4"}}), stripes(28, 1));
    std::vector<bool> measured;
    StepReport report;
    for (int i = 0; i < 4; ++i) {
        report = step(*run);
        measured.push_back(!report.metrics.empty());
        for (const Metric& m : report.metrics) {
            const auto specs = run->metric_specs();
            EXPECT_TRUE(std::any_of(specs.begin(), specs.end(), [&](const MetricSpec& spec) {
                return spec.id == m.id;
            })) << m.id;
            EXPECT_TRUE(std::isfinite(m.value)) << m.id;
        }
    }
    EXPECT_EQ(measured, (std::vector<bool>{true, false, true, false}));
    EXPECT_TRUE(report.finished);
    EXPECT_TRUE(step(*run).finished) << "no step after the end";
    EXPECT_EQ(run->steps_done(), 4);
}

TEST(TrainingRules, WithoutAveragingThePreviewShowsTheGenerator) {
    const auto run = start(with(small("dcgan", 28, 1), {{"ema_decay", "0"}}), stripes(28, 1));
    steps(*run, 2);
    EXPECT_TRUE(same(*run->players().generator, run->average()));
    ASSERT_TRUE(run->apply({{"ema_decay", 0.999}}).ok());
    steps(*run, 2);
    EXPECT_FALSE(same(*run->players().generator, run->average()));
}

TEST(TrainingRules, PreviewsAreGridsOfTheAskedSize) {
    const auto run = start(small("dcgan", 32, 3), stripes(32, 3));
    const auto preview = run->preview();
    ASSERT_TRUE(preview.ok());
    EXPECT_EQ(preview->columns, 3);
    EXPECT_EQ(preview->rows, 2);
    EXPECT_EQ(preview->frame.width, 96);
    EXPECT_EQ(preview->frame.height, 64);
}

TEST(TrainingFaults, ALossThatIsNoNumberStopsWithPlainWordsAndIsNotSaved) {
    const auto run = start(with(small("fc", 28, 1), {{"roll_back", "false"}}), stripes(28, 1));
    steps(*run, 1);
    {
        torch::NoGradGuard no_grad;
        run->players().generator->parameters()[0].fill_(std::numeric_limits<float>::quiet_NaN());
    }
    const auto broken = run->step();
    ASSERT_FALSE(broken.ok());
    EXPECT_EQ(broken.error().code, ErrorCode::Numeric);
    EXPECT_NE(broken.error().message.find("learning rate"), std::string::npos);
    EXPECT_EQ(run->steps_done(), 1);
    const TemporaryDirectory dir;
    EXPECT_EQ(run->save(dir / ".").error().code, ErrorCode::Numeric);
}

TEST(TrainingFaults, DamagedOrForeignCheckpointsAreRefused) {
    const auto data = stripes(28, 1);
    const auto run = start(small("fc", 28, 1), data);
    steps(*run, 1);
    const TemporaryDirectory dir;
    ASSERT_TRUE(run->save(dir / ".").ok());

    const auto other = start(with(small("fc", 28, 1), {{"latent", "17"}}), data);
    const Status misfit = other->restore(dir / ".");
    ASSERT_FALSE(misfit.ok());
    EXPECT_EQ(misfit.error().code, ErrorCode::Corrupt);

    EXPECT_FALSE(run->restore(dir / "nowhere").ok());
    for (const char* text :
         {"", "[]", "{\"kind\": \"style\"}", "{\"kind\": \"gan\", \"format\": 99}",
          "{\"kind\": \"gan\", \"format\": 2, \"step\": -4}"}) {
        ASSERT_TRUE(write_file_atomically(dir / "state.json", std::string_view(text)).ok());
        EXPECT_FALSE(run->restore(dir / ".").ok()) << text;
    }
}

TEST(TrainingChecks, SettingsThatDoNotFitTheDataAreRefusedWithAReason) {
    const auto refused = [](const Settings& settings, const PackedDataset& data) {
        const auto run = make_run(params_with(settings), data);
        EXPECT_FALSE(run.ok());
        return run ? std::string() : run.error().message;
    };
    EXPECT_NE(refused(small("dcgan", 48, 1), stripes(48, 1)).find("28, 32, 64, 128 px"),
              std::string::npos);
    EXPECT_NE(refused(small("fc", 32, 1), stripes(28, 1)).find("28"), std::string::npos);
    EXPECT_NE(refused(small("fc", 28, 3), stripes(28, 1)).find("channel"), std::string::npos);
    EXPECT_NE(refused(small("fc", 28, 2), stripes(28, 1)).find("not 2"), std::string::npos);
}

TEST(TrainingChecks, SettingsFitThemselvesToADataset) {
    ParamSet params(schema());
    ASSERT_TRUE(fit_to_dataset(params, stripes(28, 1).info()).ok());
    EXPECT_EQ(params.get(kSize), 28);
    EXPECT_EQ(params.get(kChannels), 1);
    EXPECT_FALSE(fit_to_dataset(params, stripes(48, 1).info()).ok());
    EXPECT_EQ(params.get(kSize), 28);
}

TEST(TrainingChecks, EveryPresetIsValidAndCanBeBuilt) {
    ASSERT_GE(presets().size(), 5u);
    for (const Preset& preset : presets()) {
        ParamSet params(schema());
        const Status applied = preset.apply_to(params);
        ASSERT_TRUE(applied.ok()) << preset.id << ": " << applied.error().message;
        EXPECT_TRUE(check_params(params).ok()) << preset.id;
        EXPECT_FALSE(preset.help.empty());
    }
}

TEST(TrainingChecks, EveryParameterExplainsItself) {
    for (const ParamSpec& spec : schema().specs()) {
        EXPECT_FALSE(spec.label.empty()) << spec.id;
        EXPECT_GT(spec.help.size(), 20u) << spec.id;
        EXPECT_FALSE(spec.group.empty()) << spec.id;
    }
    const ParamSpec* width = schema().find("width");
    ASSERT_NE(width, nullptr);
    EXPECT_EQ(width->when_id, "arch");
    const auto shown_for = [&](const std::string& arch) {
        return std::count(width->when_values.begin(), width->when_values.end(), arch);
    };
    EXPECT_EQ(shown_for("dcgan"), 1);
    EXPECT_EQ(shown_for("r3gan"), 1);
    EXPECT_EQ(shown_for("stylegan2"), 1);
    EXPECT_EQ(shown_for("fc"), 0);
}

TEST(Sampling, ComesFromTheAveragedGeneratorOfACheckpoint) {
    const auto settings = small("dcgan", 28, 1);
    const auto run = start(settings, stripes(28, 1));
    steps(*run, 2);
    const TemporaryDirectory dir;
    ASSERT_TRUE(run->save(dir / ".").ok());
    const auto params = params_with(settings);
    const auto ten = sample(params, dir / ".", {10, 4, 3});
    ASSERT_TRUE(ten.ok()) << ten.error().message;
    EXPECT_EQ(ten->columns, 4);
    EXPECT_EQ(ten->rows, 3);
    EXPECT_EQ(ten->frame.width, 4 * 28);
    EXPECT_EQ(ten->frame.height, 3 * 28);
    // More pictures leave the first ones as they were; another seed makes others.
    const auto four = sample(params, dir / ".", {4, 4, 3}),
               other = sample(params, dir / ".", {4, 4, 4});
    const auto row = [](const Preview& preview, int y) {
        return std::vector<std::uint8_t>(preview.frame.row(y), preview.frame.row(y) + 4 * 28 * 4);
    };
    EXPECT_EQ(row(*ten, 14), row(*four, 14));
    EXPECT_NE(row(*ten, 14), row(*other, 14));
    EXPECT_FALSE(sample(params, dir / ".", {0, 4, 3}).ok());
    EXPECT_FALSE(sample(params_with(small("fc", 28, 1)), dir / ".", {4, 4, 3}).ok());
}

TEST(Evaluating, ACheckpointGivesAllFiguresAndTheSameOnesEachTime) {
    const auto data = stripes(28, 1, 48);
    const auto settings = small("fc", 28, 1);
    const auto run = start(settings, data);
    steps(*run, 2);
    const TemporaryDirectory dir;
    ASSERT_TRUE(run->save(dir / ".").ok());
    const auto params = params_with(settings);
    const auto one = evaluate(params, data, dir / ".", {.count = 40});
    ASSERT_TRUE(one.ok()) << one.error().message;
    EXPECT_EQ(one->generated_count, 40);
    EXPECT_GT(one->kid, 0) << "two steps make nothing like the data";
    EXPECT_FALSE(one->features.empty());
    EXPECT_EQ(evaluate(params, data, dir / ".", {.count = 40})->kid, one->kid);
    EXPECT_FALSE(evaluate(params, data, dir / ".", {.count = 40, .features = "/nowhere"}).ok());
}

TEST(Learning, TheMeanColourOfSamplesApproachesTheDatas) {
    // Pictures of one colour each: red strong, green in between, blue weak, with a little variety.
    const int target[3] = {220, 120, 40};
    const auto data = make_data(28, 3, 64, [&](int i, int, int, int c) {
        return static_cast<std::uint8_t>(target[c] + i % 16 - 8);
    });
    const auto run = start(with(small("fc", 28, 3), {{"batch", "16"},
                                                     {"lr_g", "1e-3"},
                                                     {"lr_d", "1e-3"},
                                                     {"ema_decay", "0.9"},
                                                     {"preview_count", "16"}}),
                           data);
    const auto distance = [&] {
        const auto preview = run->preview();
        EXPECT_TRUE(preview.ok());
        double sum[3] = {0, 0, 0};
        const Frame& frame = preview->frame;
        for (int y = 0; y < frame.height; ++y)
            for (int x = 0; x < frame.width; ++x)
                for (int c = 0; c < 3; ++c) sum[c] += frame.row(y)[4 * x + c];
        double worst = 0;
        for (int c = 0; c < 3; ++c)
            worst = std::max(worst, std::abs(sum[c] / frame.width / frame.height - target[c]));
        return worst;
    };
    EXPECT_GT(distance(), 60.0) << "an untrained generator makes middle grey";
    steps(*run, 200);
    EXPECT_LT(distance(), 30.0);
}

TEST(Learning, TheDiscriminatorLearnsToTellApartAGeneratorThatStandsStill) {
    const auto run =
        start(with(small("dcgan", 28, 1), {{"lr_g", "1e-7"}, {"lr_d", "2e-3"}}), stripes(28, 1));
    StepReport last;
    for (int i = 0; i < 30; ++i) last = step(*run);
    EXPECT_GT(metric(last, "d_real"), 0.9);
    EXPECT_LT(metric(last, "d_fake"), 0.1);
    EXPECT_LT(metric(last, "loss_d"), 0.3);
}

TEST(Environment, NamesTheLibraryTheDeviceAndTheThreads) {
    const Json json = environment();
    EXPECT_FALSE(json["torch"].get<std::string>().empty());
    EXPECT_GE(json["threads"].get<int>(), 1);
    EXPECT_TRUE(json.contains("device"));
}

}  // namespace
}  // namespace pentimento::gan
