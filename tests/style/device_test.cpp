// A graphics card against the processor; skipped where there is none.
#include "core/nn/features/builtin.h"
#include "core/style/instant/instant.h"
#include "core/style/objective.h"
#include "core/style/params.h"
#include "core/style/style_run.h"
#include "core/style/tiles.h"
#include "core/style/train/params.h"
#include "core/style/train/style_training.h"
#include "core/tensor/frame.h"
#include "tests/style/tiny_network.h"
#include "tests/toy_data.h"

namespace pentimento::style {
namespace {

using torch::Tensor;

/// With full products, so that float32 can be compared closely.
class StyleOnDevice : public testing::Test {
  protected:
    void SetUp() override {
        if (!tensor::cuda_available()) GTEST_SKIP() << "no CUDA device";
        auto& context = at::globalContext();
        context.setAllowTF32CuBLAS(false);
        context.setAllowTF32CuDNN(false);
    }
    void TearDown() override {
        at::globalContext().setAllowTF32CuBLAS(true);
        at::globalContext().setAllowTF32CuDNN(true);
    }
    static torch::Device card() { return torch::Device(torch::kCUDA); }
};

std::shared_ptr<const nn::FeatureNetwork> builtin(const torch::Device& device,
                                                  torch::ScalarType type = torch::kFloat32) {
    const auto network = nn::load_features(nn::feature_registry().at(nn::kBuiltinFeatures), {},
                                           "auto", nn::Pooling::Overlapping, device, type);
    EXPECT_TRUE(network);
    return *network;
}

Tensor smooth_picture(std::int64_t height, std::int64_t width, std::uint64_t seed) {
    torch::manual_seed(seed);
    return at::upsample_bicubic2d(torch::rand({1, 3, height / 4 + 2, width / 4 + 2}),
                                  {height, width}, false)
        .clamp(0, 1);
}

/// ‖a − b‖/‖b‖.
double off(const Tensor& a, const Tensor& b) {
    const auto here = a.to(torch::kCPU, torch::kFloat64),
               wanted = b.to(torch::kCPU, torch::kFloat64);
    return ((here - wanted).norm() / wanted.norm()).item<double>();
}

TEST_F(StyleOnDevice, SeesTheSameFeatures) {
    const auto picture = smooth_picture(120, 152, 1);
    const auto& layers = nn::feature_registry().at(nn::kBuiltinFeatures).layers;
    const auto wanted = builtin(torch::kCPU)->extract(picture, layers);
    for (const auto type : {torch::kFloat32, torch::kBFloat16}) {
        const auto found = builtin(card(), type)->extract(picture.to(card()), layers);
        for (std::size_t i = 0; i < layers.size(); ++i) {
            EXPECT_EQ(found[i].scalar_type(), type);
            EXPECT_EQ(found[i].sizes(), wanted[i].sizes());
            // Eight bits a number, through up to thirteen layers.
            const double rounding = layers[i] == "relu5_1" ? 0.25 : 0.06;
            EXPECT_LT(off(found[i], wanted[i]), type == torch::kFloat32 ? 1e-4 : rounding)
                << layers[i];
        }
    }
}

TEST_F(StyleOnDevice, KnowsHowFarLayersSee) {
    const std::vector<std::string> layers{"relu1_1", "relu3_1", "relu5_1"};
    const auto here = layer_geometry(*builtin(torch::kCPU), layers, 32, torch::kCPU);
    const auto there = layer_geometry(*builtin(card(), torch::kBFloat16), layers, 32, card());
    for (std::size_t i = 0; i < layers.size(); ++i) {
        EXPECT_EQ(here[i].cell, there[i].cell);
        EXPECT_EQ(here[i].reach, there[i].reach);
    }
}

Pictures pictures_on(const torch::Device& device, bool masked) {
    Pictures pictures;
    pictures.content = smooth_picture(96, 128, 1).to(device);
    pictures.styles = {smooth_picture(100, 90, 2).to(device),
                       smooth_picture(64, 110, 3).to(device)};
    if (!masked) return pictures;
    const auto left = torch::linspace(1, 0, 128).expand({96, 128}).contiguous();
    pictures.masks = {left.to(device), (1 - left).to(device)};
    return pictures;
}

ParamSet refinement(const Patch& changes) {
    ParamSet params(schema());
    const auto status = params.apply(changes);
    EXPECT_TRUE(status) << status.error().message;
    return params;
}

TEST_F(StyleOnDevice, TheObjectiveAndItsGradientAgree) {
    const auto& definition = nn::feature_registry().at(nn::kBuiltinFeatures);
    const auto at = smooth_picture(96, 128, 4);
    for (const std::string kind : {"gram", "mean_std", "mean_cov"})
        for (const bool masked : {false, true})
            for (const std::int64_t tile : {0, 48})
                for (const auto type : {torch::kFloat32, torch::kBFloat16}) {
                    SCOPED_TRACE(kind + (masked ? " masked " : " ") + std::to_string(tile) + " " +
                                 c10::toString(type));
                    const auto params = refinement({{"style_loss", kind}, {"tv_weight", 0.1}});
                    Objective here(builtin(torch::kCPU), definition, params,
                                   pictures_on(torch::kCPU, masked), tile);
                    Objective there(builtin(card(), type), definition, params,
                                    pictures_on(card(), masked), tile);
                    const auto wanted = here.evaluate(at), found = there.evaluate(at.to(card()));
                    const bool exact = type == torch::kFloat32;
                    EXPECT_NEAR(found.loss, wanted.loss, (exact ? 2e-3 : 3e-2) * wanted.loss);
                    EXPECT_NEAR(there.terms().content, here.terms().content,
                                (exact ? 1e-3 : 2e-2) * here.terms().content);
                    EXPECT_NEAR(there.terms().tv, here.terms().tv, 1e-4 * here.terms().tv);
                    EXPECT_LT(off(found.gradient, wanted.gradient), exact ? 2e-2 : 1.5e-1);
                }
}

TEST_F(StyleOnDevice, RecordingsFollowPicturesWeightsAndMasks) {
    const auto& definition = nn::feature_registry().at(nn::kBuiltinFeatures);
    const auto network = builtin(card(), torch::kBFloat16);
    const auto params = refinement({});
    const auto other =
        refinement({{"content_weight", 3.0}, {style_weight_id(0), 0.3}, {style_weight_id(1), 0.6}});
    Objective recorded(network, definition, params, pictures_on(card(), false));
    const auto agree = [&](const ParamSet& with, bool masked, std::uint64_t seed) {
        const auto at = smooth_picture(96, 128, seed).to(card());
        Objective plain(network, definition, with, pictures_on(card(), masked));
        const auto wanted = plain.evaluate(at);
        const auto found = recorded.evaluate(at);
        EXPECT_NEAR(found.loss, wanted.loss, 1e-2 * wanted.loss) << seed;
        EXPECT_NEAR(found.gradient_rms, wanted.gradient_rms, 1e-2 * wanted.gradient_rms) << seed;
        EXPECT_LT(off(found.gradient, wanted.gradient), 3e-2) << seed;
    };
    for (std::uint64_t i = 0; i < 5; ++i) agree(params, false, 10 + i);
    recorded.set_weights(other);
    for (std::uint64_t i = 0; i < 5; ++i) agree(other, false, 20 + i);
    recorded.set_masks(pictures_on(card(), true).masks, other);
    for (std::uint64_t i = 0; i < 5; ++i) agree(other, true, 30 + i);
    Objective moved = std::move(recorded);
    recorded = std::move(moved);
    agree(other, true, 40);
}

TEST_F(StyleOnDevice, RefinementsGetAsFar) {
    for (const std::string optimiser : {"adam", "lbfgs", "sgd"})
        for (const std::int64_t tile : {0, 48}) {
            SCOPED_TRACE(optimiser + " " + std::to_string(tile));
            const auto last_loss = [&](const std::string& device) {
                const auto params = refinement({{"device", device},
                                                {"optimiser", optimiser},
                                                {"tile", tile},
                                                {"size", std::int64_t{96}},
                                                {"scales", std::string("one")},
                                                {"threads", std::int64_t{1}},
                                                {"steps", std::int64_t{12}}});
                StyleInputs inputs;
                inputs.content = waves_frame(150, 120, 0.05);
                inputs.styles = {waves_frame(90, 110, 0.2)};
                auto run = make_run(params, std::move(inputs));
                EXPECT_TRUE(run) << run.error().message << run.error().detail;
                double loss = 0;
                for (int i = 0; i < 12; ++i) {
                    const auto report = (*run)->step();
                    EXPECT_TRUE(report) << report.error().message << report.error().detail;
                    for (const auto& metric : report->metrics)
                        if (metric.id == "total_loss") loss = metric.value;
                }
                EXPECT_TRUE((*run)->preview());
                return loss;
            };
            const double here = last_loss("cpu"), there = last_loss("cuda");
            EXPECT_NEAR(there, here, 0.1 * here);
        }
}

TEST_F(StyleOnDevice, InstantBlendsAgree) {
    const auto settings = [](const std::string& device, double second) {
        return refinement({{"method", std::string("instant")},
                           {"device", device},
                           {"size", std::int64_t{130}},
                           {"threads", std::int64_t{1}},
                           {"strength", 0.8},
                           {style_weight_id(1), second}});
    };
    const auto make = [&](const std::string& device) {
        auto made = InstantBlender::make(settings(device, 1));
        EXPECT_TRUE(made) << made.error().message;
        (*made)->set_style(0, waves_frame(90, 110, 0.2));
        (*made)->set_style(1, waves_frame(140, 100, 0.31));
        return *std::move(made);
    };
    const auto here = make("cpu"), there = make("cuda");
    const auto agree = [&](double second) {
        const auto a = here->blend(settings("cpu", second)),
                   b = there->blend(settings("cuda", second));
        ASSERT_TRUE(a && b);
        const auto difference = (frame_to_tensor(*a) - frame_to_tensor(*b)).abs() * 255;
        EXPECT_LT(difference.mean().item<double>(), 2);
        EXPECT_LT(difference.max().item<double>(), 40);
    };
    // Larger than the result, and with enough repetitions to be recorded.
    for (int i = 0; i < 5; ++i)
        for (const auto& blender : {here.get(), there.get()}) {
            blender->set_content(waves_frame(700, 420, 0.01 + 0.005 * i));
            if (blender == there.get()) {
                agree(1);
                agree(0.25);
            }
        }
    for (const auto& blender : {here.get(), there.get()})
        blender->set_mask(0, waves_frame(60, 40, 0.06));
    agree(1);
    for (const auto& blender : {here.get(), there.get()}) {
        blender->set_mask(0, Frame{});
        blender->set_content(waves_frame(100, 140, 0.03));
    }
    agree(1);
}

TEST_F(StyleOnDevice, NetworksLearnAlike) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("style-device-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    write_toy_pack(folder / "squares.pack", 48, 3, 24);
    const auto vgg = folder / "vgg19.safetensors";
    ASSERT_TRUE(write_safetensors(vgg, random_weights("vgg19", torch::kHalf)));
    for (const std::string network : {"features", "decoder", "painter"}) {
        SCOPED_TRACE(network);
        const auto losses = [&](const std::string& device) {
            ParamSet params(train::schema());
            EXPECT_TRUE(params.apply({{"network", network},
                                      {"device", device},
                                      {"steps", std::int64_t{12}},
                                      {"batch", std::int64_t{2}},
                                      {"crop", std::int64_t{32}},
                                      {"width", std::int64_t{8}},
                                      {"style_edge", std::int64_t{64}},
                                      {"threads", std::int64_t{1}}}));
            const auto pack = PackedDataset::open(folder / "squares.pack");
            EXPECT_TRUE(pack);
            train::Inputs inputs{.pictures = *pack, .styles = *pack};
            inputs.style = waves_frame(80, 64, 0.3);
            if (network == "features") inputs.weights = vgg;
            auto run = train::make_run(params, std::move(inputs));
            EXPECT_TRUE(run) << run.error().message << run.error().detail;
            std::vector<double> all;
            for (int i = 0; i < 12; ++i) {
                const auto report = (*run)->step();
                EXPECT_TRUE(report) << report.error().message << report.error().detail;
                for (const auto& metric : report->metrics)
                    if (metric.id == "total") all.push_back(metric.value);
            }
            return all;
        };
        const auto here = losses("cpu"), there = losses("cuda");
        ASSERT_EQ(here.size(), there.size());
        // A student of random weights on a toy solves equations that are all but singular: only its
        // way down can be compared.
        if (network == "features") {
            EXPECT_LT(there.back(), there.front());
            continue;
        }
        for (std::size_t i = 0; i < here.size(); ++i)
            EXPECT_NEAR(there[i], here[i], 0.2 * here[i]) << i;
    }
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace pentimento::style
