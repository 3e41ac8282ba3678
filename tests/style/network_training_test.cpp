// Training of style networks, and instant style, on toy data with networks of random weights.
#include <numeric>

#include "core/base/file.h"
#include "core/data/pack.h"
#include "core/nn/features/builtin.h"
#include "core/nn/module_state.h"
#include "core/style/instant/decoder.h"
#include "core/style/instant/instant.h"
#include "core/style/instant/instant_run.h"
#include "core/style/instant/painter.h"
#include "core/style/train/params.h"
#include "core/style/train/style_training.h"
#include "core/tensor/frame.h"
#include "core/tensor/random.h"
#include "tests/style/tiny_network.h"
#include "tests/toy_data.h"

namespace pentimento::style {
namespace {

class NetworkTrainingTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        folder() = std::filesystem::temp_directory_path() /
                   ("style-network-test-" + std::to_string(getpid()));
        std::filesystem::create_directories(folder());
        write_toy_pack(folder() / "squares.pack", 48, 3, 24);
        for (const char* id : {"builtin", "vgg19"})
            ASSERT_TRUE(write_safetensors(file(id), random_weights(id, torch::kHalf)));
        InstantDecoder decoder;
        decoder->init(tensor::make_generator(5, tensor::Stream::InitGenerator, 0));
        ASSERT_TRUE(write_safetensors(file("decoder"), nn::module_state(*decoder),
                                      {{"format", kNetworkFormat}, {"network", "decoder"}}));
    }
    static void TearDownTestSuite() { std::filesystem::remove_all(folder()); }
    static std::filesystem::path& folder() {
        static std::filesystem::path path;
        return path;
    }
    static std::filesystem::path file(const std::string& id) {
        return folder() / (id + ".safetensors");
    }

    static ParamSet settings(const std::string& network, std::int64_t steps = 8) {
        ParamSet params(train::schema());
        const auto applied = params.apply({{"network", network},
                                           {"steps", steps},
                                           {"batch", std::int64_t{2}},
                                           {"crop", std::int64_t{32}},
                                           {"width", std::int64_t{4}},
                                           {"style_edge", std::int64_t{64}},
                                           {"threads", std::int64_t{1}}});
        EXPECT_TRUE(applied) << applied.error().message;
        return params;
    }
    static std::unique_ptr<pentimento::Run> make(const ParamSet& params) {
        const auto pack = PackedDataset::open(folder() / "squares.pack");
        EXPECT_TRUE(pack);
        train::Inputs inputs{.pictures = *pack, .styles = *pack};
        inputs.style = waves_frame(80, 64, 0.3);
        inputs.encoder = file("builtin");
        if (params.get(train::kNetwork) == "features") inputs.weights = file("vgg19");
        auto run = train::make_run(params, std::move(inputs));
        EXPECT_TRUE(run) << run.error().message << run.error().detail;
        return run ? *std::move(run) : nullptr;
    }
    static double value(const StepReport& report, const std::string& id) {
        for (const Metric& metric : report.metrics)
            if (metric.id == id) return metric.value;
        ADD_FAILURE() << "no " << id;
        return std::nan("");
    }
    static std::map<std::string, torch::Tensor> state(pentimento::Run& run,
                                                      const std::string& name) {
        const auto dir = folder() / name;
        std::filesystem::remove_all(dir);
        std::filesystem::create_directories(dir);
        EXPECT_TRUE(run.save(dir));
        return read_safetensors(dir / "network.safetensors")->tensors;
    }
};

TEST_F(NetworkTrainingTest, LearnsAndResumesExactly) {
    for (const std::string network : {"features", "decoder", "painter"}) {
        SCOPED_TRACE(network);
        const auto params = settings(network);
        auto whole = make(params);
        ASSERT_TRUE(whole);
        std::optional<StepReport> first, last;
        for (int i = 0; i < 8; ++i) {
            auto report = whole->step();
            ASSERT_TRUE(report) << report.error().message << report.error().detail;
            if (i == 0) first = *report;
            last = *report;
        }
        EXPECT_TRUE(last->finished);
        EXPECT_LT(value(*last, "total"), value(*first, "total"));

        auto half = make(params);
        for (int i = 0; i < 3; ++i) ASSERT_TRUE(half->step());
        state(*half, "half");
        auto resumed = make(params);
        const auto restored = resumed->restore(folder() / "half");
        ASSERT_TRUE(restored) << restored.error().message;
        for (int i = 3; i < 8; ++i) ASSERT_TRUE(resumed->step());
        const auto a = state(*whole, "whole"), b = state(*resumed, "resumed");
        ASSERT_EQ(a.size(), b.size());
        for (const auto& [name, tensor] : a) EXPECT_TRUE(torch::equal(tensor, b.at(name))) << name;
    }
}

TEST_F(NetworkTrainingTest, BeginsWithTheWeightsOfAnother) {
    auto first = make(settings("decoder"));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(first->step());
    const auto weights = state(*first, "first");
    auto second = make(settings("decoder"));
    const auto adopted = second->adopt(folder() / "first");
    ASSERT_TRUE(adopted) << adopted.error().message;
    EXPECT_EQ(second->steps_done(), 0);
    for (const auto& [name, tensor] : state(*second, "second"))
        EXPECT_TRUE(torch::equal(tensor, weights.at(name))) << name;
    const auto other = make(settings("painter"))->adopt(folder() / "first");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::Unsupported);
}

TEST_F(NetworkTrainingTest, TheClosedFormExplainsMuchBeforeAnyGradient) {
    auto run = make(settings("features", 1));
    const auto report = run->step();
    ASSERT_TRUE(report) << report.error().message << report.error().detail;
    // 16 of 64 random filters of 27 inputs span most of what they see.
    EXPECT_LT(value(*report, "unexplained_relu1_1"), 0.1);
}

TEST_F(NetworkTrainingTest, FeaturesEndWithLikeSizesAndAreExported) {
    const auto params = settings("features", 2);
    auto run = make(params);
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(run->step());
    state(*run, "done");
    const auto out = folder() / "mine.safetensors";
    ASSERT_TRUE(train::export_network(folder() / "done", params, out));
    const auto network = nn::load_features(nn::feature_registry().at("builtin"), out, "auto",
                                           nn::Pooling::Max, torch::kCPU);
    ASSERT_TRUE(network) << network.error().message;
    const auto pack = *PackedDataset::open(folder() / "squares.pack");
    std::vector<torch::Tensor> pictures;
    for (int i = 0; i < 24; ++i) pictures.push_back(frame_to_tensor(pack.frame(i)).unsqueeze(0));
    const std::vector<std::string> layers = {"relu1_1", "relu2_1", "relu3_1", "relu4_2", "relu5_1"};
    const auto features = (*network)->extract(torch::cat(pictures), layers);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto means = features[i].mean({0, 2, 3});
        const auto swings = features[i].square().mean({0, 2, 3}).sqrt();
        // A channel that never answers to these pictures stays as it is.
        const auto steady = (means > 0.5) & (swings < 3);
        EXPECT_GE(steady.sum().item<int>(), 4) << layers[i];
        EXPECT_LT((means.masked_select(steady) - 1).abs().max().item<double>(), 0.02) << layers[i];
        // One that swings widely has a root mean square of 4 instead, on the pictures it was
        // measured on, which are not quite these.
        EXPECT_LT(swings.max().item<double>(), 6) << layers[i];
    }
    EXPECT_EQ(*identify_weights(out), "builtin");
}

TEST_F(NetworkTrainingTest, SaysWhatIsMissing) {
    const auto pack = *PackedDataset::open(folder() / "squares.pack");
    for (const auto& [network, word] : {std::pair("features", "VGG-19"),
                                        {"decoder", "paintings"},
                                        {"painter", "style of one picture"}}) {
        const auto run = train::make_run(settings(network), {.pictures = pack});
        ASSERT_FALSE(run);
        EXPECT_NE(run.error().message.find(word), std::string::npos) << run.error().message;
    }
}

TEST_F(NetworkTrainingTest, GreyPaintingsAreRefused) {
    write_toy_pack(folder() / "grey.pack", 48, 1, 4);
    train::Inputs inputs{.pictures = *PackedDataset::open(folder() / "squares.pack"),
                         .styles = *PackedDataset::open(folder() / "grey.pack")};
    inputs.encoder = file("builtin");
    const auto run = train::make_run(settings("decoder"), std::move(inputs));
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(run.error().message.find("grey"), std::string::npos) << run.error().message;
}

TEST_F(NetworkTrainingTest, ThePainterIsJohnsons) {
    // 9×9, two halvings, five residual blocks, two doublings, 9×9, with gains and shifts.
    EXPECT_EQ(nn::parameter_count(*Painter(32)), 1'679'235);
    const auto painted = Painter(4)->forward(torch::rand({1, 3, 40, 48}));
    EXPECT_EQ(painted.sizes(), (torch::IntArrayRef{1, 3, 40, 48}));
    EXPECT_EQ(Painter(4)->forward(torch::rand({1, 3, 41, 47})).sizes(),
              (torch::IntArrayRef{1, 3, 41, 47}));
}

TEST_F(NetworkTrainingTest, APainterIsExportedAndPaints) {
    const auto params = settings("painter", 2);
    auto run = make(params);
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(run->step());
    state(*run, "painted");
    const auto out = folder() / "painter.safetensors";
    ASSERT_TRUE(train::export_network(folder() / "painted", params, out, "Painter of waves"));
    EXPECT_EQ(identify_painter(out)->name, "Painter of waves");
    ParamSet painting(schema());
    ASSERT_TRUE(painting.apply({{"method", std::string("painter")},
                                {"size", std::int64_t{64}},
                                {"threads", std::int64_t{1}}}));
    auto blender = InstantBlender::make(painting, {.painter = out});
    ASSERT_TRUE(blender) << blender.error().message;
    (*blender)->set_content(waves_frame(75, 50, 0.11));
    EXPECT_TRUE((*blender)->blend(painting));
}

class InstantTest : public NetworkTrainingTest {
  protected:
    static std::unique_ptr<InstantBlender> blender() {
        auto made = InstantBlender::make(at({}), {file("builtin"), file("decoder")});
        EXPECT_TRUE(made) << made.error().message;
        (*made)->set_content(waves_frame(75, 50, 0.11));
        (*made)->set_style(0, waves_frame(64, 64, 0.4));
        (*made)->set_style(1, waves_frame(90, 60, 0.05));
        return *std::move(made);
    }
    static ParamSet at(const Patch& changes) {
        ParamSet params(schema());
        EXPECT_TRUE(params.apply({{"size", std::int64_t{72}}, {"threads", std::int64_t{1}}}));
        EXPECT_TRUE(params.apply(changes));
        return params;
    }
    static std::vector<std::uint8_t> bytes(InstantBlender& blender, const Patch& changes) {
        const auto frame = blender.blend(at(changes));
        EXPECT_TRUE(frame) << frame.error().message;
        EXPECT_EQ(frame->width, 72);
        EXPECT_EQ(frame->height, 48);
        return {frame->pixels, frame->pixels + frame->height * frame->stride};
    }
};

TEST_F(InstantTest, RemembersWithoutChangingTheResult) {
    auto used = blender();
    const Patch wanted = {{"strength", 0.7}, {"style_weight_2", 0.5}, {"style_size", 0.75}};
    bytes(*used, {});
    bytes(*used, {{"strength", 0.2}});
    bytes(*used, {{"style_size", 2.0}});
    EXPECT_EQ(bytes(*used, wanted), bytes(*blender(), wanted));
}

TEST_F(InstantTest, EverySettingActs) {
    auto one = blender();
    const auto plain = bytes(*one, {});
    EXPECT_NE(plain, bytes(*one, {{"strength", 0.5}}));
    EXPECT_NE(plain, bytes(*one, {{"style_weight_1", 0.1}}));
    EXPECT_NE(plain, bytes(*one, {{"style_size", 0.75}}));
    // Only the relation of the weights counts.
    EXPECT_EQ(plain, bytes(*one, {{"style_weight_1", 3.0}, {"style_weight_2", 3.0}}));
    // A style of weight 0 is as good as none, and no style as good as no strength.
    const auto alone = bytes(*one, {{"style_weight_2", 0.0}});
    one->set_style(1, {});
    EXPECT_EQ(alone, bytes(*one, {}));
    const auto content = bytes(*one, {{"strength", 0.0}});
    one->set_style(0, {});
    EXPECT_EQ(content, bytes(*one, {}));
}

// Keeping colours is for what is shown: a refinement begins with the style's.
TEST_F(InstantTest, TheStartOfARefinementDoesNotKeepColours) {
    StyleInputs inputs;
    inputs.content = waves_frame(75, 50, 0.11);
    inputs.styles = {waves_frame(64, 64, 0.4)};
    const auto plain = instant_picture(at({}), inputs, 64),
               kept = instant_picture(at({{"colour", std::string("luma")}}), inputs, 64);
    ASSERT_TRUE(plain && kept);
    EXPECT_TRUE(torch::equal(*plain, *kept));
    auto one = blender();
    EXPECT_NE(bytes(*one, {}), bytes(*one, {{"colour", std::string("luma")}}));
}

TEST_F(InstantTest, NeedsAContent) {
    auto one = blender();
    one->set_content({});
    const auto nothing = one->blend(at({}));
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code, ErrorCode::InvalidArgument);
}

TEST(ChannelStatistics, AreTakenOverExactly) {
    torch::manual_seed(3);
    const auto content = torch::randn({2, 5, 9, 7}) * 3 + 1, style = torch::randn({2, 5, 6, 8}) * 4;
    const auto made =
        with_statistics(content, channel_statistics(content), channel_statistics(style));
    const auto wanted = channel_statistics(style), got = channel_statistics(made);
    EXPECT_TRUE(torch::allclose(got.mean, wanted.mean, 1e-4, 1e-5));
    EXPECT_TRUE(torch::allclose(got.deviation, wanted.deviation, 1e-3, 1e-4));
}

TEST(BuiltinNetworks, ArePartOfTheProgram) {
    const auto features = nn::load_features(nn::feature_registry().at("builtin"), {}, "auto",
                                            nn::Pooling::Max, torch::kCPU);
    ASSERT_TRUE(features) << features.error().message;
    const auto blender = InstantBlender::make(ParamSet(schema()));
    EXPECT_TRUE(blender) << blender.error().message;
}

}  // namespace
}  // namespace pentimento::style
