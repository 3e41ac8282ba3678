// The terms against values worked out by hand.
#include "core/style/losses.h"

#include <gtest/gtest.h>

#include <numeric>

#include "core/style/working_picture.h"
#include "tests/style/tiny_network.h"

namespace pentimento::style {
namespace {

TEST(Losses, GramMatrixByHand) {
    const auto features =
        torch::tensor({1.f, 2.f, 3.f, 4.f, 0.f, 1.f, 0.f, 1.f}).view({1, 2, 2, 2});
    const auto gram = gram_matrix(features);  // C·H·W = 8
    EXPECT_FLOAT_EQ(gram[0][0].item<float>(), 30 / 8.f);
    EXPECT_FLOAT_EQ(gram[0][1].item<float>(), 6 / 8.f);
    EXPECT_FLOAT_EQ(gram[1][0].item<float>(), 6 / 8.f);
    EXPECT_FLOAT_EQ(gram[1][1].item<float>(), 2 / 8.f);
}

TEST(Losses, GramMatrixDoesNotDependOnTheSize) {
    const auto features = torch::rand({1, 3, 4, 5});
    EXPECT_TRUE(torch::allclose(gram_matrix(features), gram_matrix(features.repeat({1, 1, 2, 3})),
                                1e-5, 1e-6));
}

TEST(Losses, DifferenceIsZeroForEqualAndOneForNothing) {
    const auto target = torch::tensor({1.f, -2.f, 2.f});
    EXPECT_EQ(difference(target, target, LossScale::Relative).item<float>(), 0);
    EXPECT_FLOAT_EQ(difference(torch::zeros(3), target, LossScale::Relative).item<float>(), 1);
    EXPECT_FLOAT_EQ(difference(torch::zeros(3), target, LossScale::Sum).item<float>(), 9);
    EXPECT_TRUE(
        std::isfinite(difference(target, torch::zeros(3), LossScale::Relative).item<float>()));
}

TEST(Losses, TotalVariationByHand) {
    auto picture = torch::zeros({1, 3, 2, 2});
    picture[0][1][0][1] = 2;  // one vertical and one horizontal neighbour, each 2² away
    EXPECT_FLOAT_EQ(total_variation(picture, LossScale::Sum).item<float>(), 8);
    EXPECT_FLOAT_EQ(total_variation(picture, LossScale::Relative).item<float>(), 8 / 6.f);
    EXPECT_EQ(total_variation(torch::full({1, 3, 4, 4}, 0.3f), LossScale::Sum).item<float>(), 0);
}

TEST(Losses, LayerWeights) {
    for (const char* kind : {"equal", "shallow", "deep"}) {
        const auto weights = layer_weights(kind, 5);
        EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-12) << kind;
    }
    const auto shallow = layer_weights("shallow", 5);
    EXPECT_NEAR(shallow[0] / shallow[4], 256, 1e-9);
    EXPECT_GT(layer_weights("deep", 5)[4], layer_weights("deep", 5)[0]);
    EXPECT_EQ(layer_weights("cs231n", 4), (std::vector<double>{20000, 500, 12, 1}));
    EXPECT_THROW(layer_weights("nonsense", 3), std::invalid_argument);
}

TEST(WorkingPicture, KeepsProportionsAndColours) {
    const auto flat = Frame::from_rgba(300, 120, [] {
        std::vector<std::uint8_t> rgba;
        for (int i = 0; i < 300 * 120; ++i) rgba.insert(rgba.end(), {200, 100, 50, 255});
        return rgba;
    }());
    for (const int edge : {64, 100, 300, 512}) {
        const auto picture = resized_to_edge(flat, edge, 16, "It");
        ASSERT_TRUE(picture) << picture.error().message;
        EXPECT_EQ(picture->size(3), edge);
        EXPECT_NEAR(static_cast<double>(picture->size(2)), edge * 0.4, 0.51);
        EXPECT_NEAR((*picture)[0][0].mean().item<double>(), 200 / 255.0, 1e-3);
        EXPECT_NEAR((*picture)[0][2].max().item<double>(), 50 / 255.0, 1e-3);
    }
}

TEST(WorkingPicture, ShrinksLargeFramesWithoutAliasing) {
    // A checkerboard of single pixels must become even grey.
    std::vector<std::uint8_t> rgba;
    for (int y = 0; y < 1000; ++y)
        for (int x = 0; x < 1500; ++x) {
            const std::uint8_t v = (x + y) % 2 ? 255 : 0;
            rgba.insert(rgba.end(), {v, v, v, 255});
        }
    const auto small = resized(Frame::from_rgba(1500, 1000, std::move(rgba)), 75, 50);
    EXPECT_NEAR(small.min().item<double>(), 0.5, 0.02);
    EXPECT_NEAR(small.max().item<double>(), 0.5, 0.02);
}

TEST(WorkingPicture, TransparentPixelsAreWhite) {
    for (const int size : {64, 640}) {
        const auto clear = Frame::from_rgba(
            size, size, std::vector<std::uint8_t>(static_cast<std::size_t>(size) * size * 4, 0));
        EXPECT_EQ(resized(clear, 64, 64).min().item<float>(), 1) << size;
    }
}

TEST(WorkingPicture, RefusesStrips) {
    const auto strip = resized_to_edge(waves_frame(1000, 20, 0.1), 256, 32, "The content picture");
    ASSERT_FALSE(strip);
    EXPECT_NE(strip.error().message.find("256 × 5 px"), std::string::npos) << strip.error().message;
    EXPECT_FALSE(resized_to_edge(Frame{}, 256, 32, "The content picture"));
}

}  // namespace
}  // namespace pentimento::style
