// Runs on a machine that has nothing but LibTorch, such as one lent with a graphics card: trains or
// refines for a given time and tells the rate. Pictures come and go as PPM files and raw bytes.
//   bench_device_run pack RAW COUNT EDGE OUT.pack
//   bench_device_run gan PACK OUT SECONDS [preset ID] [SETTING VALUE]…
//   bench_device_run networks PACK OUT SECONDS [styles PACK] [weights FILE] [encoder FILE] [SETTING
//   VALUE]… bench_device_run refine OUT CONTENT.ppm STYLE.ppm [weights FILE] [preset ID] [SETTING
//   VALUE]…
// Trainings are set to as many steps as fit into the time, so that their schedules come to an end.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "core/base/allocator.h"
#include "core/gan/gan_run.h"
#include "core/style/style_run.h"
#include "core/style/train/style_training.h"
#include "tests/bench/card_profile.h"
#include "tests/bench/must.h"

using namespace pentimento;

namespace {

using Words = std::vector<std::string>;

/// "NAME VALUE" pairs from `from` on. `files` takes those that are no settings.
ParamSet settings(const Schema& schema, const std::vector<Preset>& presets, const Words& words,
                  std::size_t from, std::map<std::string, std::string>& files) {
    ParamSet params(schema);
    for (std::size_t i = from; i + 1 < words.size(); i += 2) {
        const std::string &name = words[i], &value = words[i + 1];
        if (const auto file = files.find(name); file != files.end()) {
            file->second = value;
        } else if (name == "preset") {
            const auto found = std::find_if(presets.begin(), presets.end(),
                                            [&](const Preset& p) { return p.id == value; });
            if (found == presets.end()) give_up("no such preset: " + value);
            must(found->apply_to(params));
        } else {
            must(params.set_text(name, value));
        }
    }
    return params;
}

Frame read_ppm(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string magic;
    int width = 0, height = 0, most = 0;
    in >> magic >> width >> height >> most;
    in.get();
    if (!in || magic != "P6" || most != 255) give_up(path + " is not a PPM file");
    std::vector<std::uint8_t> rgba;
    for (int i = 0; i < width * height; ++i) {
        char rgb[3];
        in.read(rgb, 3);
        for (const char c : rgb) rgba.push_back(static_cast<std::uint8_t>(c));
        rgba.push_back(255);
    }
    return Frame::from_rgba(width, height, std::move(rgba));
}

void write_ppm(const std::filesystem::path& path, const Frame& frame) {
    std::ofstream out(path, std::ios::binary);
    out << "P6\n" << frame.width << ' ' << frame.height << "\n255\n";
    for (int y = 0; y < frame.height; ++y)
        for (int x = 0; x < frame.width; ++x)
            out.write(reinterpret_cast<const char*>(frame.row(y)) + 4 * x, 3);
}

using Clock = std::chrono::steady_clock;
double since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

void tell(const StepReport& report, double seconds, std::int64_t items) {
    std::printf("%7.1f s  step %lld  %.1f pictures/s ", seconds,
                static_cast<long long>(report.step), static_cast<double>(items) / seconds);
    for (const Metric& metric : report.metrics)
        std::printf(" %s %.4g", metric.id.c_str(), metric.value);
    std::printf("\n");
    std::fflush(stdout);
}

/// Steps until the end, which comes after `seconds`; 0: where the settings put it.
void work(Run& run, double seconds, const std::filesystem::path& out) {
    std::filesystem::create_directories(out);
    constexpr std::int64_t kWarmUp = 20;  // steps
    std::int64_t items = 0, items_before = 0, taken = 0, taken_before = 0;
    auto begin = Clock::now();
    const auto start = begin;
    int plans = 0;
    double told = 0;
    StepReport last_with_metrics;
    for (;;) {
        const StepReport report = must(run.step());
        ++taken;
        items += report.items;
        for (const Event& event : report.events) std::printf("# %s\n", event.text.c_str());
        if (!report.metrics.empty()) last_with_metrics = report;
        if (report.finished) break;
        if (seconds <= 0) continue;
        if (taken == kWarmUp) {
            begin = Clock::now();
            items_before = items;
            taken_before = taken;
        }
        // Planned anew on the way: other work may have come to the card or left it.
        if (taken > kWarmUp && since(start) > seconds * (0.1 + 0.2 * plans) && plans < 4) {
            ++plans;
            const double rate = static_cast<double>(taken - taken_before) / since(begin);
            const auto steps =
                report.step + static_cast<std::int64_t>(rate * (seconds - since(start)));
            std::printf("# %.2f steps/s: %lld steps\n", rate, static_cast<long long>(steps));
            must(run.apply({{"steps", std::max(steps, report.step + 1)}}));
            begin = Clock::now();
            items_before = items;
            taken_before = taken;
        }
        if (since(start) - told > 10 && !report.metrics.empty()) {
            told = since(start);
            tell(report, since(begin), items - items_before);
        }
        if (since(start) > 1.15 * seconds) break;
    }
    tell(last_with_metrics, since(begin), items - items_before);
    std::printf("# %lld steps in %.2f s\n", static_cast<long long>(taken), since(start));
#ifdef PENTIMENTO_CUDA
    std::printf("# at most %.2f GB of the card's memory\n", card_peak());
#endif
    must(run.save(out));
    if (const auto preview = run.preview())  // not every network makes pictures
        write_ppm(out / "preview.ppm", preview->frame);
}

}  // namespace

int main(int count, char** arguments) {
    keep_freed_memory();
#ifdef PENTIMENTO_CUDA
    tell_when_card_is_full();
#endif
    const Words words(arguments + 1, arguments + count);
    const auto word = [&](std::size_t i) {
        return i < words.size() ? words[i]
                                : (give_up("see the top of device_run_bench.cpp"), words[0]);
    };
    const std::string kind = word(0);
    if (kind == "pack") {
        std::ifstream raw(word(1), std::ios::binary);
        const int edge = std::stoi(word(3));
        auto writer = must(PackWriter::create(word(4), edge, edge, 3));
        std::vector<std::uint8_t> pixels(static_cast<std::size_t>(edge) * edge * 3);
        for (int i = 0; i < std::stoi(word(2)); ++i) {
            raw.read(reinterpret_cast<char*>(pixels.data()),
                     static_cast<std::streamsize>(pixels.size()));
            if (!raw) give_up("too few pictures in " + word(1));
            must(writer.add(pixels, -1, std::to_string(i)));
        }
        must(writer.finish({}));
    } else if (kind == "gan") {
        std::map<std::string, std::string> files;
        auto params = settings(gan::schema(), gan::presets(), words, 4, files);
        auto data = must(PackedDataset::open(word(1)));
        must(gan::fit_to_dataset(params, data.info()));
        const auto run = must(gan::make_run(params, std::move(data)));
        work(*run, std::stod(word(3)), word(2));
    } else if (kind == "networks") {
        std::map<std::string, std::string> files{{"styles", ""}, {"weights", ""}, {"encoder", ""}};
        const auto params = settings(style::train::schema(), {}, words, 4, files);
        style::train::Inputs inputs{
            must(PackedDataset::open(word(1))), {}, {}, files["weights"], files["encoder"]};
        if (!files["styles"].empty()) inputs.styles = must(PackedDataset::open(files["styles"]));
        const auto run = must(style::train::make_run(params, std::move(inputs)));
        work(*run, std::stod(word(3)), word(2));
        must(style::train::export_network(word(2), run->params(),
                                          std::filesystem::path(word(2)) / "network.safetensors"));
    } else if (kind == "refine") {
        std::map<std::string, std::string> files{{"weights", ""}};
        const auto params = settings(style::schema(), style::presets(), words, 4, files);
        style::StyleInputs inputs;
        inputs.content = read_ppm(word(2));
        inputs.styles = {read_ppm(word(3))};
        inputs.weights = files["weights"];
        const auto run = must(style::make_run(params, std::move(inputs)));
        work(*run, 0, word(1));
    } else {
        give_up("see the top of device_run_bench.cpp");
    }
    return 0;
}
