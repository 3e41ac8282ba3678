// How time and memory grow with what a person can make larger. Each figure is in the smallest
// one's: what the mathematics asks for stands beside it.
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "core/base/allocator.h"
#include "core/gan/gan_run.h"
#include "core/gan/step_rules.h"
#include "core/nn/features/builtin.h"
#include "core/style/instant/instant.h"
#include "core/style/objective.h"
#include "core/style/params.h"
#include "core/style/style_run.h"
#include "core/tensor/device.h"
#include "core/tensor/frame.h"
#include "core/tensor/random.h"
#include "tests/bench/result.h"

using namespace pentimento;

namespace {

double median(const std::function<void()>& work, int rounds) {
    std::vector<double> seconds;
    for (int i = 0; i < rounds + 1; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        if (i > 0)
            seconds.push_back(
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    std::nth_element(seconds.begin(), seconds.begin() + rounds / 2, seconds.end());
    return seconds[static_cast<std::size_t>(rounds / 2)];
}

/// A table: each row's time in the first one's, beside what the mathematics asks for.
class Curve {
  public:
    explicit Curve(std::string what) : what_(std::move(what)) {
        std::printf("| %s | ms | in the first | asked for |\n|---|---|---|---|\n", what_.c_str());
    }
    void row(const std::string& at, double seconds, double asked) {
        if (first_ == 0) first_ = seconds;
        std::printf("| %s | %.1f | %.2f | %.2f |\n", at.c_str(), 1e3 * seconds, seconds / first_,
                    asked);
        std::fflush(stdout);
        most_ = std::max(most_, seconds / first_ / asked);
    }
    ~Curve() {
        tell_result("growth: " + what_, most_, "times");
        std::printf("\n");
    }

  private:
    std::string what_;
    double first_ = 0;
    double most_ = 0;  ///< of what is asked for
};

double gan_step(int size, int batch) {
    ParamSet params(gan::schema());
    for (const auto& [id, text] :
         std::vector<std::pair<std::string, std::string>>{{"arch", "dcgan"},
                                                          {"size", std::to_string(size)},
                                                          {"width", "32"},
                                                          {"batch", std::to_string(batch)}})
        if (!params.set_text(id, text)) std::exit(1);
    auto players = gan::make_players(params, torch::kCPU);
    gan::Batches batches;
    batches.reals = [size](std::int64_t count) {
        return gan::RealBatch{torch::rand({count, 3, size, size}) * 2 - 1, {}};
    };
    batches.noise = [](std::int64_t count) {
        return gan::NoiseBatch{torch::randn({count, 100}), {}};
    };
    batches.random = [] { return tensor::make_generator(1, tensor::Stream::StepChance, 1); };
    const auto rules = gan::rules_at(params, 1, 0, 1, torch::kCPU, false);
    return median([&] { gan::train_step(players, rules, batches); }, 3);
}

double refinement(std::int64_t edge, int styles, std::int64_t tile) {
    torch::NoGradGuard no_grad;
    const auto& definition = nn::feature_registry().at(nn::kBuiltinFeatures);
    const auto network =
        nn::load_features(definition, {}, "auto", nn::Pooling::Average, torch::kCPU);
    if (!network) std::exit(1);
    style::Pictures pictures{torch::rand({1, 3, edge, edge}), {}, {}, {}, {}, 0};
    for (int i = 0; i < styles; ++i) pictures.styles.push_back(torch::rand({1, 3, edge, edge}));
    style::Objective objective(*network, definition, ParamSet(style::schema()), pictures, tile);
    const auto at = torch::rand({1, 3, edge, edge});
    return median([&] { objective.evaluate(at); }, 3);
}

double blend(int edge, int styles) {
    ParamSet params(style::schema());
    if (!params.set("size", std::int64_t{edge})) std::exit(1);
    auto blender = style::InstantBlender::make(params);
    if (!blender) std::exit(1);
    const auto picture = [edge] { return tensor_to_frame(torch::rand({3, edge, edge})); };
    (*blender)->set_content(picture());
    for (int i = 0; i < styles; ++i) (*blender)->set_style(i, picture());
    double strength = 1;
    return median(
        [&] {
            strength = strength > .9 ? .8 : 1;
            if (!params.set("strength", strength) || !(*blender)->blend(params)) std::exit(1);
        },
        5);
}

}  // namespace

int main() {
    keep_freed_memory();
    tensor::set_threads(0);
    {
        Curve curve("DCGAN step, width 32, 64 px");
        for (const int batch : {8, 16, 32, 64, 128})
            curve.row("batch " + std::to_string(batch), gan_step(64, batch), batch / 8.0);
    }
    {
        // Each layer has four times the products, and there is one layer more.
        Curve curve("DCGAN step, width 32, batch 16");
        for (const auto& [size, asked] : {std::pair{32, 1}, std::pair{64, 6}, std::pair{128, 32}})
            curve.row(std::to_string(size) + " px", gan_step(size, 16), asked);
    }
    {
        Curve curve("Refinement, built-in, an iteration");
        for (const std::int64_t edge : {128, 256, 512, 1024})
            curve.row(std::to_string(edge) + " px", refinement(edge, 1, 0),
                      static_cast<double>(edge * edge) / (128.0 * 128));
        curve.row("1024 px in tiles of 384", refinement(1024, 1, 384), 64 * 1.5 * 1.9);
    }
    {
        Curve curve("Refinement, built-in, 256 px");
        for (const int styles : {1, 2, 4, 8})
            curve.row(std::to_string(styles) + " styles", refinement(256, styles, 0), 1);
    }
    {
        Curve curve("Instant, a slider's move, 256 px");
        for (const int styles : {1, 2, 4, 8})
            curve.row(std::to_string(styles) + " styles", blend(256, styles), 1);
    }
    return 0;
}
