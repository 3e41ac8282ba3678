// Small datasets and runs that the GAN tests share.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "core/data/pack.h"
#include "core/gan/gan_training.h"
#include "core/gan/params.h"

namespace pentimento::gan {

/// A folder that disappears with the test.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        static int number = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("pentimento-gan-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
        std::filesystem::create_directories(path_);
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path operator/(const char* name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

using Pixel = std::function<std::uint8_t(int picture, int x, int y, int channel)>;

inline PackedDataset make_data(int size, int channels, int count, const Pixel& pixel) {
    const TemporaryDirectory dir;
    const auto path = dir / "toy.pack";
    auto writer = PackWriter::create(path, size, size, channels);
    EXPECT_TRUE(writer.ok());
    for (int i = 0; i < count; ++i) {
        std::vector<std::uint8_t> pixels;
        for (int y = 0; y < size; ++y)
            for (int x = 0; x < size; ++x)
                for (int c = 0; c < channels; ++c) pixels.push_back(pixel(i, x, y, c));
        EXPECT_TRUE(writer->add(pixels, -1, "toy").ok());
    }
    EXPECT_TRUE(writer->finish({}).ok());
    auto data = PackedDataset::open(path);
    EXPECT_TRUE(data.ok());
    return *data;  // the mapping outlives the file's name
}

inline PackedDataset stripes(int size, int channels, int count = 24) {
    return make_data(size, channels, count, [](int i, int x, int y, int c) {
        return static_cast<std::uint8_t>((i * 37 + x * (5 + c) + y * 3) & 255);
    });
}

using Settings = std::vector<std::pair<std::string, std::string>>;

inline ParamSet params_with(const Settings& settings) {
    ParamSet params(schema());
    for (const auto& [id, text] : settings) {
        const Status set = params.set_text(id, text);
        EXPECT_TRUE(set.ok()) << id << "=" << text << ": " << (set ? "" : set.error().message);
    }
    return params;
}

/// Few channels, small batches, and one thread: such networks gain nothing from more.
inline Settings small(const std::string& arch, int size, int channels) {
    return {{"arch", arch},
            {"size", std::to_string(size)},
            {"channels", std::to_string(channels)},
            {"latent", "16"},
            {"width", "8"},
            {"batch", "8"},
            {"steps", "100000"},
            {"preview_count", "5"},
            {"metrics_every", "1"},
            {"evaluate_every", "0"},
            {"threads", "1"}};
}

inline Settings with(Settings base, const Settings& more) {
    base.insert(base.end(), more.begin(), more.end());
    return base;
}

inline std::unique_ptr<GanTraining> start(const Settings& settings, const PackedDataset& data) {
    auto run = make_run(params_with(settings), data);
    EXPECT_TRUE(run.ok()) << (run ? "" : run.error().message);
    return std::unique_ptr<GanTraining>(static_cast<GanTraining*>(run->release()));
}

inline StepReport step(Run& run) {
    auto report = run.step();
    EXPECT_TRUE(report.ok()) << (report ? "" : report.error().message);
    return report ? *report : StepReport{};
}

inline void steps(Run& run, int count) {
    for (int i = 0; i < count; ++i) step(run);
}

inline double metric(const StepReport& report, const std::string& id) {
    for (const Metric& metric : report.metrics)
        if (metric.id == id) return metric.value;
    ADD_FAILURE() << "no metric " << id;
    return 0;
}

/// Bit for bit.
inline bool same(const torch::nn::Module& a, const torch::nn::Module& b) {
    const auto left = nn::module_state(a), right = nn::module_state(b);
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (left[i].first != right[i].first || !torch::equal(left[i].second, right[i].second))
            return false;
    return true;
}

inline bool same(const GanTraining& a, const GanTraining& b) {
    return same(*a.players().generator, *b.players().generator) &&
           same(*a.players().discriminator, *b.players().discriminator) &&
           same(a.average(), b.average());
}

}  // namespace pentimento::gan
