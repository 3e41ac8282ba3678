// Packed datasets of growing size: time to open, memory that reading at random adds, and how long a
// batch takes, as a share of what a training step of a small DCGAN takes in the same run.
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

#include "core/base/allocator.h"
#include "core/data/pack.h"
#include "core/data/sampler.h"
#include "core/gan/gan_run.h"
#include "core/gan/gan_training.h"
#include "core/tensor/batch.h"
#include "core/tensor/device.h"
#include "tests/bench/result.h"

using namespace pentimento;

namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Bytes of the process that are its own: pages of the mapped file can be dropped at any time.
double private_megabytes() {
    double kilobytes = 0;
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:")) kilobytes = std::stod(line.substr(8));
    return kilobytes / 1024;
}

std::filesystem::path make_pack(int edge, std::int64_t count) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("pentimento-bench-" + std::to_string(count) + ".pack");
    auto writer = PackWriter::create(path, edge, edge, 3);
    if (!writer) std::exit(1);
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(edge) * edge * 3);
    for (std::int64_t i = 0; i < count; ++i) {
        for (std::size_t k = 0; k < pixels.size(); ++k)
            pixels[k] = static_cast<std::uint8_t>(i * 31 + static_cast<std::int64_t>(k) * 7);
        if (!writer->add(pixels, -1, "made")) std::exit(1);
    }
    if (!writer->finish({})) std::exit(1);
    return path;
}

}  // namespace

int main() {
    keep_freed_memory();
    tensor::set_threads(0);
    std::printf(
        "| pictures of 8 px | open, ms | memory added by 100,000 reads, MB |\n|---|---|---|\n");
    for (const std::int64_t count : {1'000, 10'000, 100'000, 1'000'000}) {
        const auto path = make_pack(8, count);
        const auto begin = std::chrono::steady_clock::now();
        const auto data = PackedDataset::open(path);
        const double open = seconds_since(begin);
        if (!data) return 1;
        const double before = private_megabytes();
        std::uint64_t sum = 0;
        for (std::int64_t i = 0; i < 100'000; ++i)
            sum += data->picture((i * 7'919) % count)[static_cast<std::size_t>(i % 64)];
        const double added = private_megabytes() - before;
        std::printf("| %ld | %.2f | %.1f |\n", static_cast<long>(count), 1e3 * open, added);
        const std::string what = "packed set of " + std::to_string(count);
        tell_result(what + ", opening", 1e3 * open, "ms");
        tell_result(what + ", memory added", added, "MB");
        if (sum == 0) return 1;  // so that the reads are not left out
        std::filesystem::remove(path);
    }

    const auto path = make_pack(64, 2'000);
    const auto data = *PackedDataset::open(path);
    ParamSet params(gan::schema());
    for (const auto& [id, text] :
         std::vector<std::pair<const char*, const char*>>{{"arch", "dcgan"},
                                                          {"size", "64"},
                                                          {"channels", "3"},
                                                          {"width", "24"},
                                                          {"batch", "64"},
                                                          {"steps", "100"},
                                                          {"evaluate_every", "0"},
                                                          {"threads", "0"}})
        if (!params.set_text(id, text)) return 1;
    auto run = gan::make_run(params, data);
    if (!run) return 1;
    std::vector<double> steps, batches;
    Sampler sampler(data.count(), 1, true);
    for (int i = 0; i < 12; ++i) {
        auto begin = std::chrono::steady_clock::now();
        if (!(*run)->step()) return 1;
        steps.push_back(seconds_since(begin));
        begin = std::chrono::steady_clock::now();
        const auto batch = tensor::load_batch(data, sampler.draw(64), torch::kCPU);
        batches.push_back(seconds_since(begin));
    }
    std::sort(steps.begin(), steps.end());
    std::sort(batches.begin(), batches.end());
    std::printf(
        "\nA batch of 64 pictures of 64 px: %.2f ms, %.2f %% of a step of DCGAN, width 24.\n",
        1e3 * batches[6], 100 * batches[6] / steps[6]);
    tell_result("batch of 64 in a step of DCGAN, width 24", 100 * batches[6] / steps[6], "%");
    std::filesystem::remove(path);
    return 0;
}
