// Small datasets and pictures that tests make themselves.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/base/random.h"
#include "core/data/pack.h"

namespace pentimento {

/// `count` pictures of size×size with a bright square at a random place on a dark ground.
inline void write_toy_pack(const std::filesystem::path& path, int size, int channels, int count) {
    auto writer = PackWriter::create(path, size, size, channels);
    ASSERT_TRUE(writer) << writer.error().message;
    for (int i = 0; i < count; ++i) {
        SplitMix64 random(derive_seed(1, 0, static_cast<std::uint64_t>(i)));
        std::vector<std::uint8_t> pixels(static_cast<std::size_t>(size * size * channels), 20);
        const int edge = size / 3,
                  x0 = static_cast<int>(random.below(static_cast<std::uint64_t>(size - edge))),
                  y0 = static_cast<int>(random.below(static_cast<std::uint64_t>(size - edge)));
        for (int y = y0; y < y0 + edge; ++y)
            for (int x = x0; x < x0 + edge; ++x)
                for (int c = 0; c < channels; ++c)
                    pixels[static_cast<std::size_t>((y * size + x) * channels + c)] =
                        static_cast<std::uint8_t>(180 + 30 * c);
        ASSERT_TRUE(writer->add(pixels, -1, "square " + std::to_string(i)));
    }
    ASSERT_TRUE(writer->finish({.name = "squares"}));
}

inline Frame gradient_frame(int width, int height) {
    std::vector<std::uint8_t> rgba;
    rgba.reserve(static_cast<std::size_t>(width * height * 4));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (const int v : {x * 255 / width, y * 255 / height, (x + y) % 256, 255})
                rgba.push_back(static_cast<std::uint8_t>(v));
    return Frame::from_rgba(width, height, std::move(rgba));
}

}  // namespace pentimento
