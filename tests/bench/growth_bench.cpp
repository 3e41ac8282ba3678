// How time and memory grow with what a person can make larger. Each time is in the smallest one's:
// what the mathematics asks for stands beside it. Every row is a process of its own, so that its
// memory is its own and none finds what others have left.
//   bench_growth            all tables
//   bench_growth ROW …      one row's seconds and megabytes, for the above
#include <sys/resource.h>
#include <torch/torch.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <sstream>
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

double median_seconds(const std::function<void()>& work, int rounds) {
    std::vector<double> seconds;
    for (int i = 0; i < rounds + 1; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        if (i > 0)
            seconds.push_back(
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    return median(std::move(seconds));
}

/// What a row cost.
struct Cost {
    double seconds = 0;
    double megabytes = 0;  ///< the most that the process had beyond what it begins with
};

/// A table: each row's time in the first one's, beside what the mathematics asks for.
class Curve {
  public:
    Curve(std::string program, std::string what)
        : program_(std::move(program)), what_(std::move(what)) {}
    void row(const std::string& at, const std::string& arguments, double asked) {
        rows_.push_back({at, arguments, asked, {}});
    }
    ~Curve() {
        // In turn, and the fastest of each: a drift of the machine hits all rows, and what disturbs
        // one only ever adds to it.
        for (int round = 0; round < 3; ++round)
            for (Row& row : rows_) {
                const Cost cost = measure(row.arguments);
                if (round == 0 || cost.seconds < row.cost.seconds) row.cost = cost;
            }
        std::printf("| %s | ms | in the first | asked for | MB |\n|---|---|---|---|---|\n",
                    what_.c_str());
        double most = 0;
        for (const Row& row : rows_) {
            const double growth = row.cost.seconds / rows_[0].cost.seconds;
            std::printf("| %s | %.1f | %.2f | %.2f | %.0f |\n", row.at.c_str(),
                        1e3 * row.cost.seconds, growth, row.asked, row.cost.megabytes);
            most = std::max(most, growth / row.asked);
        }
        tell_result("growth: " + what_, most, "times");
        std::printf("\n");
    }

  private:
    struct Row {
        std::string at, arguments;
        double asked;
        Cost cost;
    };
    Cost measure(const std::string& arguments) const {
        std::FILE* child = ::popen(("'" + program_ + "' " + arguments).c_str(), "r");
        Cost cost;
        const bool read =
            child && std::fscanf(child, "%lf %lf", &cost.seconds, &cost.megabytes) == 2;
        if (!child || ::pclose(child) != 0 || !read) {
            std::fprintf(stderr, "the row '%s' failed\n", arguments.c_str());
            std::exit(1);
        }
        return cost;
    }

    std::string program_, what_;
    std::vector<Row> rows_;
};

double resident_megabytes() {
    std::ifstream status("/proc/self/statm");
    double size = 0, resident = 0;
    status >> size >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

double peak_megabytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

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
    return median_seconds([&] { gan::train_step(players, rules, batches); }, 5);
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
    return median_seconds([&] { objective.evaluate(at); }, 9);
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
    return median_seconds(
        [&] {
            strength = strength > .9 ? .8 : 1;
            if (!params.set("strength", strength) || !(*blender)->blend(params)) std::exit(1);
        },
        5);
}

/// "dcgan SIZE BATCH", "refine EDGE STYLES TILE" or "blend EDGE STYLES"; tiles of 0: none.
double row(const std::string& kind, const std::vector<int>& numbers) {
    if (kind == "dcgan" && numbers.size() == 2) return gan_step(numbers[0], numbers[1]);
    if (kind == "refine" && numbers.size() == 3)
        return refinement(numbers[0], numbers[1], numbers[2]);
    if (kind == "blend" && numbers.size() == 2) return blend(numbers[0], numbers[1]);
    std::fprintf(stderr, "there is no such row: %s\n", kind.c_str());
    std::exit(1);
}

void all_tables(const std::string& program) {
    const auto words = [](const char* kind, std::initializer_list<int> numbers) {
        std::ostringstream text;
        text << kind;
        for (const int number : numbers) text << ' ' << number;
        return text.str();
    };
    {
        Curve curve(program, "DCGAN step, width 32, 64 px");
        for (const int batch : {8, 16, 32, 64, 128})
            curve.row("batch " + std::to_string(batch), words("dcgan", {64, batch}), batch / 8.0);
    }
    {
        // Each layer has four times the products, and there is one layer more.
        Curve curve(program, "DCGAN step, width 32, batch 16");
        for (const auto& [size, asked] : {std::pair{32, 1}, std::pair{64, 6}, std::pair{128, 32}})
            curve.row(std::to_string(size) + " px", words("dcgan", {size, 16}), asked);
    }
    {
        Curve curve(program, "Refinement, built-in, an iteration");
        for (const int edge : {128, 256, 512, 1024})
            curve.row(std::to_string(edge) + " px", words("refine", {edge, 1, 0}),
                      edge * edge / (128.0 * 128));
        curve.row("1024 px in tiles of 384", words("refine", {1024, 1, 384}), 64 * 1.5 * 1.9);
    }
    {
        Curve curve(program, "Refinement, built-in, 256 px");
        for (const int styles : {1, 2, 4, 8})
            curve.row(std::to_string(styles) + " styles", words("refine", {256, styles, 0}), 1);
    }
    {
        Curve curve(program, "Instant, a slider's move, 256 px");
        for (const int styles : {1, 2, 4, 8})
            curve.row(std::to_string(styles) + " styles", words("blend", {256, styles}), 1);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        all_tables(argv[0]);
        return 0;
    }
    keep_freed_memory();
    tensor::set_threads(0);
    torch::rand({64, 64}).mm(torch::rand({64, 64}));  // what comes with the first operation
    const double before = resident_megabytes();
    std::vector<int> numbers;
    for (int i = 2; i < argc; ++i) numbers.push_back(std::atoi(argv[i]));
    const double seconds = row(argv[1], numbers);
    std::printf("%.9g %.9g\n", seconds, peak_megabytes() - before);
    return 0;
}
