// Films there and back, sequences of pictures, and the movement between frames.
#include "core/media/video.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "core/base/file.h"
#include "core/media/flow.h"
#include "tests/moving_square.h"
#include "tests/temp_dir.h"

namespace pentimento {
namespace {

Status write_clip(const fs::path& path, const MovingSquare& scene, int frames, double fps) {
    auto writer = VideoWriter::create(path, scene.width, scene.height, fps);
    if (!writer) return writer.error();
    for (int t = 0; t < frames; ++t)
        if (Status written = (*writer)->write(scene.at(t)); !written) return written;
    return (*writer)->finish();
}

std::vector<float> everywhere(const Frame& frame) {
    return std::vector<float>(static_cast<std::size_t>(frame.width) * frame.height, 1.f);
}

TEST(Video, AFilmComesBackAsItWas) {
    TempDir folder;
    MovingSquare scene;
    scene.width = 97;  // odd: H.264 cannot, the writer must
    const fs::path path = folder / "clip.mp4";
    const auto status = write_clip(path, scene, 12, 12.5);
    ASSERT_TRUE(status) << status.error().message << status.error().detail;
    auto reader = VideoReader::open(path);
    ASSERT_TRUE(reader) << reader.error().message;
    const auto info = (*reader)->info();
    EXPECT_EQ(info.width, 98);
    EXPECT_EQ(info.height, 72);
    EXPECT_NEAR(info.fps, 12.5, 0.01);
    EXPECT_EQ(info.frames, 12);
    EXPECT_FALSE(info.format.empty());
    int count = 0;
    for (;; ++count) {
        const auto frame = (*reader)->next();
        ASSERT_TRUE(frame) << frame.error().message;
        if (!*frame) break;
        const auto expected = scene.at(count);
        const auto cropped = crop(**frame, 0, 0, 97, 72);
        EXPECT_LT(masked_difference(cropped, expected, everywhere(expected)), 6) << count;
    }
    EXPECT_EQ(count, 12);
    // Nothing is left of the working file.
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(Video, SkippingLeadsToTheSameFrame) {
    TempDir folder;
    const MovingSquare scene;
    ASSERT_TRUE(write_clip(folder / "clip.mp4", scene, 8, 25));
    for (int t = 0; t < 8; ++t)
        ASSERT_TRUE(write_picture(folder / (std::to_string(t) + ".png"), scene.at(t)));
    for (const char* source : {"clip.mp4", "."}) {
        auto reader = VideoReader::open(folder / source);
        ASSERT_TRUE(reader) << reader.error().message;
        ASSERT_TRUE((*reader)->skip(5));
        const auto frame = (*reader)->next();
        ASSERT_TRUE(frame && *frame);
        const auto near = masked_difference(**frame, scene.at(5), everywhere(scene.at(5)));
        EXPECT_LT(near, masked_difference(**frame, scene.at(4), everywhere(scene.at(4)))) << source;
        EXPECT_LT(near, masked_difference(**frame, scene.at(6), everywhere(scene.at(6)))) << source;
        ASSERT_TRUE((*reader)->skip(100));
        const auto end = (*reader)->next();
        ASSERT_TRUE(end);
        EXPECT_FALSE(*end);
    }
}

TEST(Video, PicturesByFolderAndByPattern) {
    TempDir folder;
    const MovingSquare scene;
    for (const int t : {1, 2, 10}) {
        ASSERT_TRUE(write_picture(folder / ("f" + std::to_string(t) + ".png"), scene.at(t)));
        ASSERT_TRUE(write_picture(folder / ("other" + std::to_string(t) + ".png"), scene.at(0)));
    }
    ASSERT_TRUE(write_file_atomically(folder / "note.txt", std::string_view("no picture")));
    const auto by_pattern = VideoReader::open(folder / "f%02d.png");
    ASSERT_TRUE(by_pattern) << by_pattern.error().message;
    EXPECT_EQ((*by_pattern)->info().frames, 3);
    EXPECT_EQ((*by_pattern)->info().fps, 0);
    for (const int t : {1, 2, 10}) {
        const auto frame = (*by_pattern)->next();
        ASSERT_TRUE(frame && *frame);
        EXPECT_EQ(masked_difference(**frame, scene.at(t), everywhere(scene.at(t))), 0) << t;
    }
    const auto by_folder = VideoReader::open(folder.path());
    ASSERT_TRUE(by_folder);
    EXPECT_EQ((*by_folder)->info().frames, 6);

    MovingSquare larger;
    larger.width = 100;
    ASSERT_TRUE(write_picture(folder / "f11.png", larger.at(0)));
    const auto mixed = VideoReader::open(folder / "f%d.png");
    ASSERT_TRUE(mixed);
    ASSERT_TRUE((*mixed)->skip(3));
    const auto refused = (*mixed)->next();
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("one size"), std::string::npos);
}

TEST(Video, WhatIsNoFilmIsRefusedWithAMessage) {
    TempDir folder;
    ASSERT_TRUE(write_file_atomically(folder / "text.mp4", std::string_view("not a film at all")));
    ASSERT_TRUE(write_file_atomically(folder / "empty.mp4", std::string_view()));
    const MovingSquare scene;
    ASSERT_TRUE(write_clip(folder / "cut.mp4", scene, 20, 25));
    fs::resize_file(folder / "cut.mp4", fs::file_size(folder / "cut.mp4") / 2);
    fs::create_directory(folder / "none");
    for (const char* name :
         {"text.mp4", "empty.mp4", "cut.mp4", "missing.mp4", "none", "f%d.png", "f%s.png"}) {
        const auto reader = VideoReader::open(folder / name);
        ASSERT_FALSE(reader) << name;
        EXPECT_FALSE(reader.error().message.empty()) << name;
        EXPECT_NE(reader.error().code, ErrorCode::Internal) << name;
    }
    ASSERT_TRUE(write_clip(folder / "large.mp4", scene, 2, 25));
    ReadLimits limits;
    limits.max_pixels = 1000;
    const auto large = VideoReader::open(folder / "large.mp4", limits);
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().code, ErrorCode::TooLarge);
    EXPECT_FALSE(VideoWriter::create(folder / "missing/clip.mp4", 64, 64, 25));
    EXPECT_FALSE(VideoWriter::create(folder / "clip.mp4", 64, 64, 0));
    auto writer = VideoWriter::create(folder / "clip.mp4", 64, 64, 25);
    ASSERT_TRUE(writer);
    EXPECT_FALSE((*writer)->write(scene.at(0))) << "of another size";
    writer = Error{};
    EXPECT_FALSE(fs::exists(folder / "clip.mp4")) << "never finished";
}

TEST(FlowTest, IsRightToAPixelAndKnowsWhatItCannotKnow) {
    const MovingSquare scene;
    const Frame before = scene.at(0), now = scene.at(1);
    const auto backward = optical_flow(now, before), forward = optical_flow(before, now);
    ASSERT_TRUE(backward && forward) << backward.error().message;
    const auto mask = trusted(*backward, *forward);
    int wrong = 0, covered = 0, hidden_trusted = 0, hidden = 0;
    for (int y = 0; y < scene.height; ++y)
        for (int x = 0; x < scene.width; ++x) {
            const auto i = static_cast<std::size_t>(y) * scene.width + x;
            const bool in = scene.inside(1, x, y);
            // The square was dx, dy further back; the ground was where it is, if it was to be seen.
            const bool uncovered = !in && scene.inside(0, x, y);
            hidden += uncovered;
            hidden_trusted += uncovered && mask[i] > 0;
            if (mask[i] == 0) continue;
            ++covered;
            if (uncovered) continue;
            const double error = std::hypot(backward->offsets[2 * i] - (in ? -scene.dx : 0),
                                            backward->offsets[2 * i + 1] - (in ? -scene.dy : 0));
            wrong += error > 1;
        }
    EXPECT_GT(covered, scene.width * scene.height * 7 / 10);
    EXPECT_LT(wrong, covered / 100);
    EXPECT_GT(hidden, 50);
    EXPECT_LT(hidden_trusted, hidden / 3) << "what was hidden cannot be known";

    // Moved along the flow, the old frame looks like the new one.
    const auto warped = warp(before, *backward);
    ASSERT_TRUE(warped);
    EXPECT_LT(masked_difference(*warped, now, mask), 0.3 * masked_difference(before, now, mask));
    MovingSquare other;
    other.seed = 9;
    const auto across = optical_flow(other.at(0), before), back = optical_flow(before, other.at(0));
    ASSERT_TRUE(across && back);
    const auto cut = trusted(*across, *back);
    EXPECT_LT(std::count(cut.begin(), cut.end(), 1.f), scene.width * scene.height / 4)
        << "another scene";
    EXPECT_FALSE(optical_flow(before, Frame::from_rgba(16, 16, std::vector<std::uint8_t>(1024))));
}

TEST(FlowTest, WhatComesIntoViewIsKnownFromThinLines) {
    constexpr int kWidth = 60, kHeight = 40;
    std::vector<float> mask(kWidth * kHeight, 1.f);
    const auto at = [](int x, int y) { return static_cast<std::size_t>(y) * kWidth + x; };
    for (int y = 0; y < kHeight; ++y) {
        mask[at(20, y)] = mask[at(21, y)] = 0;                          // the edge of something
        for (int x = kWidth - 12; x < kWidth; ++x) mask[at(x, y)] = 0;  // new at the right
    }
    const auto share = uncovered(mask, kWidth);
    ASSERT_EQ(share.size(), mask.size());
    EXPECT_EQ(share[at(20, 20)], 0);
    EXPECT_EQ(share[at(35, 20)], 0);
    EXPECT_EQ(share[at(kWidth - 1, 20)], 1);
    EXPECT_EQ(share[at(kWidth - 5, 0)], 1);
    const float edge = share[at(kWidth - 10, 20)];
    EXPECT_GT(edge, 0);
    EXPECT_LT(edge, 1);

    const auto plain = [](std::uint8_t value) {
        return Frame::from_rgba(kWidth, kHeight,
                                std::vector<std::uint8_t>(kWidth * kHeight * 4, value));
    };
    const Frame mixed = mixture(plain(40), plain(200), share);
    EXPECT_EQ(mixed.row(20)[4 * 35], 40);
    EXPECT_EQ(mixed.row(20)[4 * (kWidth - 1)], 200);
    EXPECT_EQ(mixed.row(20)[4 * (kWidth - 10)],
              static_cast<std::uint8_t>(std::lround(40 + 160 * edge)));
}

}  // namespace
}  // namespace pentimento
