// Painters, and instant blends under masks.
#include <fstream>

#include "core/base/file.h"
#include "core/nn/module_state.h"
#include "core/style/instant/decoder.h"
#include "core/style/instant/instant.h"
#include "core/style/instant/painter.h"
#include "core/style/statistics.h"
#include "core/tensor/frame.h"
#include "core/tensor/random.h"
#include "tests/style/tiny_network.h"

namespace pentimento::style {
namespace {

std::vector<std::uint8_t> bytes(const Frame& frame) {
    std::vector<std::uint8_t> all;
    for (int y = 0; y < frame.height; ++y)
        all.insert(all.end(), frame.row(y), frame.row(y) + std::ptrdiff_t{4} * frame.width);
    return all;
}

ParamSet settings(const std::string& method, const Patch& changes = {}) {
    ParamSet params(schema());
    EXPECT_TRUE(params.apply({{"method", method},
                              {"size", std::int64_t{90}},
                              {"threads", std::int64_t{1}},
                              {"device", std::string("cpu")}}));
    const auto status = params.apply(changes);
    EXPECT_TRUE(status) << status.error().message;
    return params;
}

class PainterTest : public testing::Test {
  protected:
    PainterTest()
        : folder(std::filesystem::temp_directory_path() /
                 ("painter-test-" + std::to_string(getpid()))) {
        std::filesystem::create_directories(folder);
        painter->init(tensor::make_generator(7, tensor::Stream::InitGenerator, 0));
    }
    ~PainterTest() override { std::filesystem::remove_all(folder); }
    std::filesystem::path write(const std::string& name, const NamedTensors& tensors,
                                const std::map<std::string, std::string>& metadata) const {
        const auto path = folder / name;
        EXPECT_TRUE(write_safetensors(path, tensors, metadata));
        return path;
    }
    NamedTensors state() const {
        NamedTensors tensors;
        for (const auto& [name, tensor] : nn::module_state(*painter))
            tensors.emplace_back(name, tensor.to(torch::kHalf));
        return tensors;
    }
    std::filesystem::path file() const { return write("painter.safetensors", state(), metadata); }
    std::string refusal(const std::filesystem::path& path) const {
        const auto made = InstantBlender::make(settings("painter"), {.painter = path});
        EXPECT_FALSE(made) << path;
        return made ? std::string() : made.error().message;
    }

    std::filesystem::path folder;
    Painter painter{4};
    const std::map<std::string, std::string> metadata = {{"format", kNetworkFormat},
                                                         {"network", "painter"},
                                                         {"name", "Painter of waves"},
                                                         {"step", "12"}};
};

TEST_F(PainterTest, PaintsAtAnySizeAndEverySettingActs) {
    auto blender = InstantBlender::make(settings("painter"), {.painter = file()});
    ASSERT_TRUE(blender) << blender.error().message;
    (*blender)->set_content(waves_frame(75, 50, 0.11));
    const auto blend = [&](const Patch& changes) {
        auto frame = (*blender)->blend(settings("painter", changes));
        EXPECT_TRUE(frame) << frame.error().message;
        return *frame;
    };
    const Frame whole = blend({});
    // No multiple of four.
    EXPECT_EQ(whole.width, 90);
    EXPECT_EQ(whole.height, 60);
    const Frame odd = blend({{"size", std::int64_t{71}}});
    EXPECT_EQ(odd.width, 71);
    EXPECT_EQ(odd.height, 47);
    const Frame none = blend({{"strength", 0.0}}), half = blend({{"strength", 0.5}});
    const auto a = frame_to_tensor(none), b = frame_to_tensor(whole), m = frame_to_tensor(half);
    EXPECT_LT((m - (a + b) / 2).abs().max().item<double>(), 0.01);
    EXPECT_GT((a - b).abs().mean().item<double>(), 0.02);
    EXPECT_NE(bytes(whole), bytes(blend({{"style_size", 1.5}})));
    EXPECT_NE(bytes(whole), bytes(blend({{"colour", std::string("luma")}})));
    // What is remembered does not change the result.
    EXPECT_EQ(bytes(whole), bytes(blend({})));
}

TEST_F(PainterTest, RunsWithoutStylePictures) {
    StyleInputs inputs;
    inputs.content = waves_frame(75, 50, 0.11);
    inputs.networks.painter = file();
    auto run = make_run(settings("painter"), inputs);
    ASSERT_TRUE(run) << run.error().message;
    const auto report = (*run)->step();
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->finished);
    EXPECT_EQ(total_steps(settings("painter")), 1);
    const auto preview = (*run)->preview();
    ASSERT_TRUE(preview);
    EXPECT_EQ(preview->frame.width, 90);
    inputs.networks = {};
    const auto without = make_run(settings("painter"), inputs);
    ASSERT_FALSE(without);
    EXPECT_NE(without.error().message.find("painter"), std::string::npos);
}

TEST_F(PainterTest, ItsFileSaysWhatItIs) {
    const auto info = identify_painter(file());
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(info->name, "Painter of waves");
    EXPECT_EQ(info->width, 4);
    EXPECT_EQ(info->steps, 12);
}

TEST_F(PainterTest, OtherAndDamagedFilesAreRefusedInWords) {
    auto other = metadata;
    other["network"] = "decoder";
    EXPECT_NE(refusal(write("decoder.safetensors", nn::module_state(*InstantDecoder()), other))
                  .find("decoder for instant style"),
              std::string::npos);
    EXPECT_NE(refusal(write("foreign.safetensors", state(), {})).find("not a painter"),
              std::string::npos);
    EXPECT_FALSE(refusal(write("empty.safetensors", {}, metadata)).empty());
    auto fewer = state();
    fewer.pop_back();
    EXPECT_NE(refusal(write("fewer.safetensors", fewer, metadata)).find("does not fit"),
              std::string::npos);
    auto wild = state();
    wild[3].second.fill_(std::nan(""));
    EXPECT_NE(refusal(write("wild.safetensors", wild, metadata)).find("not made of numbers"),
              std::string::npos);
    const auto whole = read_file(file());
    ASSERT_TRUE(whole);
    const auto cut = folder / "cut.safetensors";
    ASSERT_TRUE(write_file_atomically(cut, whole->substr(0, whole->size() / 2)));
    EXPECT_FALSE(refusal(cut).empty());
    std::string turned = *whole;
    turned[turned.size() - 5] = static_cast<char>(turned[turned.size() - 5] ^ 0x40);
    ASSERT_TRUE(write_file_atomically(cut, turned));
    EXPECT_FALSE(refusal(cut).empty()) << "one bit is enough";
    EXPECT_FALSE(refusal(folder / "nowhere.safetensors").empty());
    // A decoder is not taken for one when it is none, either.
    EXPECT_FALSE(InstantBlender::make(settings("instant"), {.decoder = file()}));
}

TEST_F(PainterTest, HeldStatisticsMakePartsFitTogether) {
    torch::NoGradGuard no_grad;
    torch::manual_seed(2);
    const auto picture = torch::rand({1, 3, 256, 320});
    const auto whole = painter->forward(picture);
    painter->hold_statistics(picture);
    EXPECT_TRUE(torch::allclose(painter->forward(picture), whole, 1e-4, 1e-5));
    // A part with its surroundings as far as the painter sees is that part of the whole.
    const auto part = painter->forward(picture.narrow(2, 0, 256).narrow(3, 0, 224));
    EXPECT_TRUE(torch::allclose(part.narrow(3, 0, 224 - kPainterReach),
                                whole.narrow(3, 0, 224 - kPainterReach), 1e-4, 1e-5));
    EXPECT_FALSE(torch::allclose(part.narrow(3, 200, 24), whole.narrow(3, 200, 24), 1e-4, 1e-5));
    painter->release();
    // In tiles, with the statistics of a smaller picture: nearly what the whole gives.
    const auto smooth =
        at::upsample_bicubic2d(torch::rand({1, 3, 14, 20}), {1030, 1451}, false).clamp(0, 1);
    const auto at_once = paint(painter, smooth, 1030 * 1451),
               tiled = paint(painter, smooth, 515 * 725);
    EXPECT_EQ(tiled.sizes(), smooth.sizes());
    EXPECT_LT((at_once - tiled).abs().mean().item<double>(), 0.05);
    EXPECT_TRUE(torch::equal(paint(painter, smooth, 1030 * 1451), at_once)) << "released again";
}

/// Two styles that no statistic confuses: broad red waves, narrow blue ones.
Frame striped(double frequency, int red, int blue) {
    std::vector<std::uint8_t> rgba;
    for (int y = 0; y < 128; ++y)
        for (int x = 0; x < 128; ++x) {
            const auto wave = static_cast<std::uint8_t>(127 + 90 * std::sin(frequency * (x + y)));
            rgba.insert(rgba.end(), {static_cast<std::uint8_t>(red), wave,
                                     static_cast<std::uint8_t>(blue), 255});
        }
    return Frame::from_rgba(128, 128, std::move(rgba));
}

/// White over `share` of the width.
Frame left_mask(double share) {
    std::vector<std::uint8_t> rgba;
    for (int x = 0; x < 200; ++x) {
        const std::uint8_t grey = x < 200 * share ? 255 : 0;
        rgba.insert(rgba.end(), {grey, grey, grey, 255});
    }
    return Frame::from_rgba(200, 1, std::move(rgba));
}

std::vector<double> gram_distances(const torch::Tensor& part, const std::vector<Frame>& styles) {
    const auto network = nn::load_features(nn::feature_registry().at("builtin"), {}, "auto",
                                           nn::Pooling::Average, torch::kCPU);
    EXPECT_TRUE(network);
    const std::vector<std::string> layers{"relu1_1", "relu2_1", "relu3_1"};
    const auto moments = [&](const torch::Tensor& picture) {
        std::vector<Moments> all;
        for (const auto& features : (*network)->extract(picture, layers)) {
            all.emplace_back();
            all.back().add(StyleLoss::Gram, features.reshape({features.size(1), -1}), {});
        }
        return all;
    };
    torch::NoGradGuard no_grad;
    const auto mine = moments(part);
    std::vector<double> found;
    for (const Frame& style : styles) {
        const auto its = moments(frame_to_tensor(style).unsqueeze(0));
        double sum = 0;
        for (std::size_t i = 0; i < layers.size(); ++i)
            sum += compare(StyleLoss::Gram, LossScale::Relative, mine[i],
                           make_target(StyleLoss::Gram, its[i]))
                       .value.item<double>();
        found.push_back(sum);
    }
    return found;
}

class MaskedInstant : public testing::Test {
  protected:
    MaskedInstant() {
        auto made = InstantBlender::make(settings("instant"));
        EXPECT_TRUE(made);
        blender = *std::move(made);
        content = waves_frame(160, 96, 0.07);
        blender->set_content(content);
        for (int i = 0; i < 2; ++i) blender->set_style(i, styles[static_cast<std::size_t>(i)]);
    }
    torch::Tensor blend(const Patch& changes = {}) {
        Patch all{{"size", std::int64_t{160}}};
        for (const auto& [id, value] : changes) all[id] = value;
        auto frame = blender->blend(settings("instant", all));
        EXPECT_TRUE(frame) << frame.error().message;
        return frame_to_tensor(*frame).unsqueeze(0);
    }
    std::vector<Frame> styles{striped(0.15, 220, 20), striped(0.9, 20, 220)};
    Frame content;
    std::unique_ptr<InstantBlender> blender;
};

TEST_F(MaskedInstant, EachHalfIsNearerToItsOwnStyle) {
    blender->set_mask(0, left_mask(0.5));  // the other one gets what is left
    const auto picture = blend();
    const auto left = gram_distances(picture.narrow(3, 0, 64), styles);
    const auto right = gram_distances(picture.narrow(3, 96, 64), styles);
    EXPECT_LT(left[0], 0.5 * left[1]);
    EXPECT_LT(right[1], 0.5 * right[0]);
    RecordProperty("left", std::to_string(left[0]) + " " + std::to_string(left[1]));
    std::printf("own and other style: left %.3f %.3f, right %.3f %.3f\n", left[0], left[1],
                right[1], right[0]);
    // Weights and strength are as live as without masks.
    EXPECT_FALSE(torch::equal(picture, blend({{"strength", 0.5}})));
    const auto alone = blend({{"style_weight_2", 0.0}});
    const auto plain = frame_to_tensor(content).unsqueeze(0);
    EXPECT_LT((alone - plain).narrow(3, 90, 70).abs().max().item<double>(), 0.005)
        << "where no style counts, the content stays";
    blender->set_mask(0, {});
    EXPECT_FALSE(torch::equal(picture, blend()));
}

TEST_F(MaskedInstant, AMaskOfEverythingIsNone) {
    blender->set_style(1, {});
    const auto without = blend();
    blender->set_mask(0, left_mask(1));
    EXPECT_LT((without - blend()).abs().max().item<double>(), 0.02);
    // And edges are as soft as the mask: nothing jumps between neighbouring columns.
    std::vector<std::uint8_t> ramp;
    for (int x = 0; x < 160; ++x)
        ramp.insert(ramp.end(), {static_cast<std::uint8_t>(255 * x / 159),
                                 static_cast<std::uint8_t>(255 * x / 159),
                                 static_cast<std::uint8_t>(255 * x / 159), 255});
    blender->set_mask(0, Frame::from_rgba(160, 1, std::move(ramp)));
    const auto soft = blend(), plain = frame_to_tensor(content).unsqueeze(0);
    const auto off = (soft - plain).abs().mean({0, 1, 2});
    EXPECT_LT(off.narrow(0, 0, 20).mean().item<double>(),
              0.5 * off.narrow(0, 140, 20).mean().item<double>());
}

TEST(ChangedMasks, ARefinementGoesOnUnderOthers) {
    StyleInputs inputs;
    inputs.content = waves_frame(96, 64, 0.07);
    inputs.styles = {striped(0.15, 220, 20), striped(0.9, 20, 220)};
    inputs.masks = {left_mask(0.5)};
    auto run = make_run(settings("optimise", {{"size", std::int64_t{96}},
                                              {"steps", std::int64_t{300}},
                                              {"schedule", std::string("constant")},
                                              {"learning_rate", 0.05},
                                              {"content_weight", 0.2},
                                              // Stripes of one colour are soon met so.
                                              {"pooling", std::string("average")}}),
                        inputs);
    ASSERT_TRUE(run) << run.error().message;
    const auto go = [&](int steps) {
        for (int i = 0; i < steps; ++i) ASSERT_TRUE((*run)->step());
    };
    const auto halves = [&] {
        const auto picture = frame_to_tensor((*run)->preview()->frame).unsqueeze(0);
        return std::pair(gram_distances(picture.narrow(3, 0, 40), inputs.styles),
                         gram_distances(picture.narrow(3, 56, 40), inputs.styles));
    };
    go(20);
    auto [left, right] = halves();
    EXPECT_LT(left[0], left[1]);
    EXPECT_LT(right[1], right[0]);
    // The halves change places.
    const auto changed = change_masks(**run, {std::nullopt, left_mask(0.5)});
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ((*run)->steps_done(), 20);
    go(90);
    std::tie(left, right) = halves();
    EXPECT_LT(left[1], left[0]);
    EXPECT_LT(right[0], right[1]);
    // Back to none, which a run that began without has never looked for.
    ASSERT_TRUE(change_masks(**run, {}));
    go(1);
    EXPECT_FALSE(change_masks(**run, {left_mask(1), left_mask(1), left_mask(1)}));
    EXPECT_FALSE(change_masks(**run, {Frame{}}));
    go(1);
}

TEST(ChangedMasks, AreThoseOfARunThatBeganWithThem) {
    StyleInputs inputs;
    inputs.content = waves_frame(96, 64, 0.07);
    inputs.styles = {striped(0.15, 220, 20), striped(0.9, 20, 220)};
    const auto params = settings("optimise", {{"size", std::int64_t{96}}});
    auto changed = make_run(params, inputs);
    ASSERT_TRUE(changed);
    ASSERT_TRUE(change_masks(**changed, {left_mask(0.3)}));
    inputs.masks = {left_mask(0.3)};
    auto begun = make_run(params, inputs);
    ASSERT_TRUE(begun);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE((*changed)->step() && (*begun)->step());
    EXPECT_EQ(bytes((*changed)->preview()->frame), bytes((*begun)->preview()->frame));
}

}  // namespace
}  // namespace pentimento::style
