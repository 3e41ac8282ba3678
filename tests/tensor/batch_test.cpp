// From packed pictures to a batch.
#include "core/tensor/batch.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

namespace pentimento::tensor {
namespace {

PackedDataset numbered_pictures(int size, int channels, int count) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("pentimento-batch-" + std::to_string(::getpid()) + ".pack");
    auto writer = PackWriter::create(path, size, size, channels);
    EXPECT_TRUE(writer.ok());
    for (int i = 0; i < count; ++i) {
        std::vector<std::uint8_t> pixels;
        for (int at = 0; at < size * size * channels; ++at)
            pixels.push_back(static_cast<std::uint8_t>(i * 31 + at));
        EXPECT_TRUE(writer->add(pixels, -1, "picture").ok());
    }
    EXPECT_TRUE(writer->finish({}).ok());
    auto data = PackedDataset::open(path);
    EXPECT_TRUE(data.ok());
    std::filesystem::remove(path);
    return *data;
}

TEST(Batch, PixelsArriveInPlaceScaledAndMirroredWhenAsked) {
    for (const int channels : {1, 3}) {
        const auto data = numbered_pictures(8, channels, 3);
        const std::vector<Draw> draws = {{2, false}, {0, true}, {1, false}};
        const auto batch = load_batch(data, draws, torch::kCPU);
        ASSERT_EQ(batch.sizes(), torch::IntArrayRef({3, channels, 8, 8}));
        EXPECT_TRUE(batch.is_contiguous());
        for (std::size_t n = 0; n < draws.size(); ++n)
            for (int c = 0; c < channels; ++c)
                for (int y = 0; y < 8; ++y)
                    for (int x = 0; x < 8; ++x) {
                        const int from = draws[n].flip ? 7 - x : x;
                        const auto byte = data.picture(draws[n].index)[static_cast<std::size_t>(
                            (y * 8 + from) * channels + c)];
                        ASSERT_NEAR(batch[static_cast<std::int64_t>(n)][c][y][x].item<float>(),
                                    byte / 127.5 - 1.0, 1e-6);
                    }
    }
}

}  // namespace
}  // namespace pentimento::tensor
