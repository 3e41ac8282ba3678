// Tensors become exactly the documented bytes and back.
#include "core/tensor/frame.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pentimento {
namespace {

int red(const Frame& frame, int x, int y) {
    return frame.row(y)[4 * x];
}

TEST(Frame, RoundsHalfUpAndClamps) {
    const auto values =
        torch::tensor({-1.0f, 0.0f, 0.499f / 255, 0.5f / 255, 1.0f / 255, 254.49f / 255,
                       254.5f / 255, 1.0f, 7.0f, NAN, INFINITY, -INFINITY});
    const auto frame = tensor_to_frame(values.view({1, 1, -1}));
    const std::vector<int> expected{0, 0, 0, 1, 1, 254, 255, 255, 255, 0, 255, 0};
    ASSERT_EQ(frame.width, 12);
    for (int x = 0; x < frame.width; ++x) {
        EXPECT_EQ(red(frame, x, 0), expected[x]) << x;
        EXPECT_EQ(frame.row(0)[4 * x + 1], expected[x]) << "grey is equal in all channels";
        EXPECT_EQ(frame.row(0)[4 * x + 3], 255);
    }
}

TEST(Frame, EveryByteSurvivesTheRoundTrip) {
    std::vector<std::uint8_t> rgba;
    for (int i = 0; i < 256; ++i)
        rgba.insert(rgba.end(), {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(255 - i),
                                 static_cast<std::uint8_t>(i * 7), 255});
    const auto frame = Frame::from_rgba(16, 16, rgba);
    for (const auto range : {kUnitRange, kSignedRange, ValueRange{0, 255}}) {
        const auto tensor = frame_to_tensor(frame, range);
        ASSERT_EQ(tensor.sizes(), (std::vector<std::int64_t>{3, 16, 16}));
        EXPECT_NEAR(tensor.min().item<double>(), range.low, 1e-6);
        EXPECT_NEAR(tensor.max().item<double>(), range.high, 1e-4);
        const auto back = tensor_to_frame(tensor, range);
        EXPECT_EQ(std::vector<std::uint8_t>(back.pixels, back.pixels + rgba.size()), rgba);
    }
}

TEST(Frame, TransparencyShowsTheBackground) {
    const auto frame = Frame::from_rgba(3, 1, {10, 20, 30, 0, 10, 20, 30, 255, 0, 0, 0, 51});
    const auto tensor = frame_to_tensor(frame, {0, 255}, 0x6496c8).permute({1, 2, 0}).flatten();
    const std::vector<float> expected{100, 150, 200, 10, 20, 30, 80, 120, 160};
    for (int i = 0; i < 9; ++i) EXPECT_NEAR(tensor[i].item<float>(), expected[i], 1e-3) << i;
}

TEST(Frame, HonoursTheStride) {
    auto frame = Frame::from_rgba(4, 2, std::vector<std::uint8_t>(32, 255));
    std::vector<std::uint8_t> wide(32, 0);
    for (int i = 0; i < 8; ++i) wide[4 * i] = static_cast<std::uint8_t>(i), wide[4 * i + 3] = 255;
    frame.pixels = wide.data();
    frame.width = 2;  // rows stay 16 bytes apart
    const auto tensor = frame_to_tensor(frame, {0, 255});
    EXPECT_EQ(tensor[0][0][1].item<float>(), 1);
    EXPECT_EQ(tensor[0][1][0].item<float>(), 4);
}

TEST(Frame, GridIsLaidOutRowByRow) {
    auto batch = torch::zeros({5, 3, 2, 4});
    for (int i = 0; i < 5; ++i) batch[i].fill_(i / 255.0);
    batch[1][0][1][3] = 1;
    const auto grid = tensor_to_grid(batch, 3, kUnitRange);
    EXPECT_EQ(grid.width, 12);
    EXPECT_EQ(grid.height, 4);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(red(grid, i % 3 * 4, i / 3 * 2), i);
    EXPECT_EQ(red(grid, 7, 1), 255) << "the marked pixel of the second cell";
    EXPECT_EQ(grid.row(3)[4 * 11 + 3], 0) << "the cell left over is transparent";
    EXPECT_EQ(grid.row(3)[4 * 7 + 3], 255);
}

TEST(Frame, OutlivesItsTensor) {
    Frame frame;
    {
        auto tensor = torch::full({4, 8, 8}, 0.2f);
        frame = tensor_to_frame(tensor);
        tensor.fill_(1);
    }
    EXPECT_EQ(red(frame, 7, 7), 51);
    EXPECT_EQ(frame.row(7)[31], 51) << "a fourth channel is alpha";
}

TEST(Frame, RefusesOtherShapes) {
    EXPECT_THROW(tensor_to_frame(torch::zeros({2, 4, 4})), std::invalid_argument);
    EXPECT_THROW(tensor_to_frame(torch::zeros({4, 4})), std::invalid_argument);
    EXPECT_THROW(tensor_to_grid(torch::zeros({0, 3, 4, 4}), 2), std::invalid_argument);
    EXPECT_THROW(tensor_to_grid(torch::zeros({1, 3, 4, 4}), 0), std::invalid_argument);
    EXPECT_THROW(frame_to_tensor(Frame{}), std::invalid_argument);
}

}  // namespace
}  // namespace pentimento
