// SqueezeNet with random weights in a file: everything but beauty can be tested with it.
#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "core/nn/features/feature_network.h"
#include "core/style/style_run.h"
#include "core/tensor/device.h"
#include "core/tensor/safetensors.h"

namespace pentimento::style {

// Two threads that wait for each other take many times as long on a busy machine.
inline const bool kOnOneThread = (tensor::set_threads(1), true);

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// He-initialised weights of the shapes that the network `id` needs.
inline NamedTensors random_weights(const std::string& id,
                                   torch::ScalarType type = torch::kFloat32) {
    torch::manual_seed(11);
    NamedTensors tensors;
    for (const auto& [name, shape] : nn::feature_registry().at(id).tensors) {
        double fan_in = 1;
        for (std::size_t i = 1; i < shape.size(); ++i) fan_in *= static_cast<double>(shape[i]);
        const double scale = shape.size() == 1 ? 0.1 : std::sqrt(2 / fan_in);
        tensors.emplace_back(name, (torch::randn(shape) * scale).to(type));
    }
    return tensors;
}

/// A picture of soft coloured waves.
inline Frame waves_frame(int width, int height, double frequency) {
    std::vector<std::uint8_t> rgba;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 4; ++c)
                rgba.push_back(c == 3
                                   ? 255
                                   : static_cast<std::uint8_t>(
                                         127 + 100 * std::sin(frequency * (x * (c + 1) + 2 * y))));
    return Frame::from_rgba(width, height, std::move(rgba));
}

/// A folder of its own with the random network's weights in it.
class WithNetwork : public testing::Test {
  protected:
    static std::filesystem::path& folder() {
        static std::filesystem::path path;
        return path;
    }
    static void SetUpTestSuite() {
        folder() =
            std::filesystem::temp_directory_path() / ("style-test-" + std::to_string(getpid()));
        std::filesystem::create_directories(folder());
        const auto status = write_safetensors(weights(), random_weights("squeezenet"));
        ASSERT_TRUE(status) << status.error().message;
    }
    static void TearDownTestSuite() { std::filesystem::remove_all(folder()); }
    static std::filesystem::path weights() { return folder() / "squeezenet.safetensors"; }
};

}  // namespace pentimento::style
