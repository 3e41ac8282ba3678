// Resizing, fitting, cropping and grids.
#include "tests/media/media_test_tools.h"

namespace pentimento {
namespace {

Frame plain(int width, int height, std::vector<std::uint8_t> rgba) {
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < width * height; ++i) pixels.insert(pixels.end(), rgba.begin(), rgba.end());
    return Frame::from_rgba(width, height, std::move(pixels));
}

TEST(Resize, HalvingIsTheMeanOfFourPixels) {
    const Frame frame =
        Frame::from_rgba(2, 2, {0, 0, 0, 255, 100, 0, 0, 255, 60, 0, 8, 255, 40, 0, 0, 255});
    EXPECT_THAT(pixel(resize(frame, 1, 1), 0, 0), testing::ElementsAre(50, 0, 2, 255));
}

TEST(Resize, CropKeepsTheMiddle) {
    // Thirds of red, green and blue; the square in the middle is green alone.
    std::vector<std::uint8_t> rgba;
    for (int y = 0; y < 30; ++y)
        for (int x = 0; x < 90; ++x)
            for (int c = 0; c < 4; ++c) rgba.push_back(c == 3 || c == x / 30 ? 255 : 0);
    const Frame frame = Frame::from_rgba(90, 30, rgba);
    const Frame cropped = resize(frame, 10, 10, Fit::Crop);
    for (const int x : {0, 9})
        EXPECT_THAT(pixel(cropped, x, 5), testing::ElementsAre(0, 255, 0, 255));
    const Frame squeezed = resize(frame, 9, 9, Fit::Fit);
    EXPECT_THAT(pixel(squeezed, 0, 4), testing::ElementsAre(255, 0, 0, 255));
    EXPECT_THAT(pixel(squeezed, 8, 4), testing::ElementsAre(0, 0, 255, 255));
    const Frame padded = resize(frame, 30, 30, Fit::Pad, 0x102030);
    EXPECT_THAT(pixel(padded, 15, 2), testing::ElementsAre(0x10, 0x20, 0x30, 255));
    EXPECT_THAT(pixel(padded, 15, 15), testing::ElementsAre(0, 255, 0, 255));
    EXPECT_THAT(pixel(padded, 2, 15), testing::ElementsAre(255, 0, 0, 255));
}

TEST(Resize, TransparentPixelsDoNotBleed) {
    // Opaque red beside invisible green: any mix must stay red.
    std::vector<std::uint8_t> rgba;
    for (int y = 0; y < 40; ++y)
        for (int x = 0; x < 40; ++x)
            rgba.insert(rgba.end(), {std::uint8_t(x < 19 ? 255 : 0), std::uint8_t(x < 19 ? 0 : 255),
                                     0, std::uint8_t(x < 19 ? 255 : 0)});
    const Frame frame = Frame::from_rgba(40, 40, rgba);
    for (const int size : {7, 13, 77}) {
        const Frame out = resize(frame, size, size);
        bool mixed = false;
        for (int x = 0; x < size; ++x) {
            const auto p = pixel(out, x, size / 2);
            mixed |= p[3] > 0 && p[3] < 255;
            if (p[3] > 0) {
                EXPECT_GE(p[0], 250) << size << " " << x;
                EXPECT_LE(p[1], 5) << size << " " << x;
            }
        }
        EXPECT_TRUE(mixed) << size;
    }
}

TEST(Resize, PlainPicturesStayPlainAtAnySize) {
    const Frame frame = plain(37, 53, {12, 200, 99, 255});
    for (const auto& [width, height] :
         {std::pair{1, 1}, {64, 64}, {100, 5}, {5, 100}, {37, 53}, {300, 300}})
        for (const Fit fit : {Fit::Crop, Fit::Fit}) {
            const Frame out = resize(frame, width, height, fit);
            ASSERT_EQ(out.width, width);
            ASSERT_EQ(out.height, height);
            for (const auto& [x, y] :
                 {std::pair{0, 0}, {width - 1, height - 1}, {width / 2, height / 2}})
                EXPECT_THAT(pixel(out, x, y), testing::ElementsAre(12, 200, 99, 255));
        }
}

TEST(Resize, OddShapesAndNonsense) {
    EXPECT_EQ(resize(plain(1, 5000, {1, 2, 3, 255}), 64, 64, Fit::Crop).width, 64);
    EXPECT_EQ(resize(plain(5000, 1, {1, 2, 3, 255}), 64, 64, Fit::Pad).height, 64);
    EXPECT_TRUE(resize(Frame{}, 8, 8).empty());
    EXPECT_TRUE(resize(plain(4, 4, {0, 0, 0, 0}), 0, 8).empty());
    const Frame edge = resize_to_edge(plain(300, 100, {1, 1, 1, 255}), 60);
    EXPECT_EQ(edge.width, 60);
    EXPECT_EQ(edge.height, 20);
    const Frame small = plain(10, 20, {1, 1, 1, 255});
    EXPECT_EQ(resize_to_edge(small, 60).pixels, small.pixels) << "never enlarged";
}

TEST(Grid, LaysCellsOutRowByRow) {
    std::vector<Frame> cells;
    for (int i = 0; i < 5; ++i) cells.push_back(plain(4, 3, {std::uint8_t(10 + i), 0, 0, 255}));
    const Frame grid = make_grid(cells, 3, 2);
    EXPECT_EQ(grid.width, 3 * 4 + 2 * 2);
    EXPECT_EQ(grid.height, 2 * 3 + 2);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(pixel(grid, i % 3 * 6 + 1, i / 3 * 5 + 1)[0], 10 + i);
    EXPECT_EQ(pixel(grid, 4, 0)[3], 0) << "gaps are transparent";
    EXPECT_EQ(pixel(grid, 14, 6)[3], 0) << "and so are empty cells";
    EXPECT_EQ(make_grid(cells, 100).width, 20);
    EXPECT_TRUE(make_grid({}, 3).empty());
}

TEST(Crop, SharesPixelsAndClips) {
    const Frame frame = test_picture(20, 10);
    const Frame part = crop(frame, 5, 2, 4, 4);
    EXPECT_EQ(part.pixels, frame.row(2) + 5 * 4);
    EXPECT_EQ(pixel(part, 3, 3), pixel(frame, 8, 5));
    EXPECT_EQ(crop(frame, 15, -3, 100, 100).width, 5);
    EXPECT_EQ(crop(frame, 15, -3, 100, 100).height, 10);
    EXPECT_TRUE(crop(frame, 30, 0, 5, 5).empty());
    EXPECT_TRUE(crop(frame, INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX).empty());
    EXPECT_TRUE(crop(frame, 0, 0, -5, 5).empty());
    EXPECT_LT(mean_difference(resize(part, 4, 4), part), 0.01);
}

}  // namespace
}  // namespace pentimento
