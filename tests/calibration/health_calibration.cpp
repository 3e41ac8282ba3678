// Calibrates the health verdicts on trainings that go wrong in known ways, and on sound ones.
// See docs/HEALTH.md for what it found and how to repeat it.
//
//   health_calibration WORKDIR train [SHARD/SHARDS [SEEDS [CASE…]]]   trains what is not there yet
//   health_calibration WORKDIR judge [SEEDS]                          the table, from stored runs
//
// SEEDS: "tune" (thresholds were chosen on these), "report" (and tested on these), or a number;
// default both. CASE: names of cases.json; default all.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/data/pack.h"
#include "core/gan/health/health.h"
#include "core/jobs/jobs.h"
#include "core/media/import.h"
#include "core/media/picture.h"

namespace pentimento {
namespace {

namespace fs = std::filesystem;
using Settings = std::vector<std::pair<std::string, std::string>>;

constexpr int kTiny = 16;  ///< pictures of the dataset that is small enough to be known by heart

/// How it is known, without the monitor, that and when a training went wrong.
enum class Truth {
    Healthy,
    WorseThanControl,  ///< KID at least twice that of the sound run with the same seed, to the end
    PixelCollapse,     ///< stored samples differ among themselves by less than 0.4 of the control's
    PixelCopies,       ///< stored samples lie twice as near to training pictures as to unseen ones
    Breakdown,         ///< the log tells of numbers that are none, or of hopeless scores
};

struct Case {
    std::string name;
    std::string data;  ///< "fashion", "emoji", or "tiny-…" for the first kTiny pictures of it
    Truth truth;
    std::string control;             ///< the sound case to compare with
    std::vector<std::string> right;  ///< verdicts that name the failure
    Settings settings;
};

[[noreturn]] void die(const std::string& what) {
    std::fprintf(stderr, "health_calibration: %s\n", what.c_str());
    std::exit(1);
}
template <class T>
T need(Result<T> result) {
    if (!result) die(result.error().message);
    return *std::move(result);
}
void need(const Status& status) {
    if (!status) die(status.error().message);
}

Truth truth_of(const std::string& id) {
    static const std::map<std::string, Truth> all = {
        {"healthy", Truth::Healthy},
        {"worse than control", Truth::WorseThanControl},
        {"pixel collapse", Truth::PixelCollapse},
        {"pixel copies", Truth::PixelCopies},
        {"breakdown", Truth::Breakdown}};
    const auto found = all.find(id);
    if (found == all.end()) die("cases.json: there is no truth '" + id + "'");
    return found->second;
}

/// From cases.json, beside this file: each case's settings follow those of "common".
const std::vector<Case>& cases() {
    static const std::vector<Case> all = [] {
        const Json file = Json::parse(
            need(read_file(fs::path(PENTIMENTO_SOURCE_DIR) / "tests/calibration/cases.json")));
        std::vector<Case> list;
        for (const Json& item : file.at("cases")) {
            Case one{item.at("name"),
                     item.at("data"),
                     truth_of(item.at("truth")),
                     item.value("control", ""),
                     item.value("right", std::vector<std::string>()),
                     {}};
            for (const Json* settings : {&file.at("common"), &item.at("settings")})
                for (const auto& [id, text] : settings->items())
                    one.settings.emplace_back(id, text.get<std::string>());
            list.push_back(std::move(one));
        }
        return list;
    }();
    return all;
}

/// The first two are for choosing thresholds, the others for testing them.
bool for_tuning(int seed) {
    return seed < 10;
}
std::vector<int> seeds(const std::string& which) {
    if (which == "tune") return {1, 2};
    if (which == "report") return {11, 12, 13, 14, 15};
    if (const int one = std::atoi(which.c_str()); one > 0) return {one};
    return {1, 2, 11, 12, 13, 14, 15};
}

// Data

fs::path pack_path(const fs::path& work, const std::string& data) {
    return work / (data + ".pack");
}

void import(const fs::path& work, const std::string& source, const std::string& data, int size) {
    if (fs::exists(pack_path(work, data))) return;
    ParamSet params(import_schema());
    need(params.set("size", std::int64_t{size}));
    need(params.set("limit", std::int64_t{1500}));
    Worker worker;
    need(worker.run_inline([&] { return make_import_run(source, params, pack_path(work, data)); },
                           {}));
}

void write_tiny(const fs::path& work, const std::string& of) {
    if (fs::exists(pack_path(work, "tiny-" + of))) return;
    const PackedDataset all = need(PackedDataset::open(pack_path(work, of)));
    PackWriter writer = need(PackWriter::create(pack_path(work, "tiny-" + of), all.info().width,
                                                all.info().height, all.info().channels));
    for (int i = 0; i < kTiny; ++i) need(writer.add(all.picture(i), -1, all.source(i)));
    need(writer.finish({.name = "tiny-" + of}));
}

void prepare_data(const fs::path& work) {
    need(make_directories(work));
    import(work, "idx:/usr/share/datasets/fashion-mnist", "fashion", 28);
    import(work, "emoji", "emoji", 32);
    write_tiny(work, "fashion");
    write_tiny(work, "emoji");
}

// Runs

fs::path run_path(const fs::path& work, const std::string& name, int seed) {
    return work / "runs" / (name + "-" + std::to_string(seed));
}

bool complete(const fs::path& dir) {
    const auto experiment = Experiment::open(dir);
    if (!experiment) return false;
    for (const Event& event : experiment->read_events())
        if (event.type == "finished" || event.type == "failed") return true;
    return false;
}

void train(const fs::path& work, const Case& one, int seed) {
    const fs::path dir = run_path(work, one.name, seed);
    if (complete(dir)) return;
    fs::remove_all(dir);
    const fs::path pack = pack_path(work, one.data);
    ParamSet params(gan::schema());
    need(gan::fit_to_dataset(params, need(PackedDataset::open(pack)).info()));
    for (const auto& [id, text] : one.settings) need(params.set_text(id, text));
    need(params.set("seed", std::int64_t{seed}));
    PreparedRun run = need(prepare_training(params, pack, dir, one.name));
    run.options.preview_interval = 0;
    Worker worker;
    const Status done = worker.run_inline(run.factory, std::move(run.options));
    std::printf("%s-%d: %s\n", one.name.c_str(), seed,
                done ? "done" : done.error().message.c_str());
    std::fflush(stdout);
}

// Truth

struct Point {
    std::int64_t step;
    double value;
};

std::vector<Point> course(const Experiment& run, const std::string& id) {
    std::vector<Point> points;
    for (const MetricRow& row : run.read_metrics())
        for (const Metric& metric : row.metrics)
            if (metric.id == id) points.push_back({row.step, metric.value});
    return points;
}

/// Grey values of the cells of the stored sample of each step.
struct Samples {
    std::int64_t step;
    std::vector<std::vector<float>> cells;
};
std::vector<float> grey(const Frame& frame) {
    std::vector<float> values;
    for (int y = 0; y < frame.height; ++y)
        for (int x = 0; x < frame.width; ++x) {
            const std::uint8_t* pixel = frame.row(y) + 4 * x;
            values.push_back(static_cast<float>(pixel[0] + pixel[1] + pixel[2]) / 3.0f);
        }
    return values;
}
std::vector<Samples> samples(const Experiment& run, int size) {
    std::vector<Samples> all;
    for (const SampleFile& file : run.samples()) {
        if (file.step == 0) continue;
        const Frame grid = need(read_picture(file.path));
        Samples one{file.step, {}};
        for (int y = 0; y + size <= grid.height; y += size)
            for (int x = 0; x + size <= grid.width; x += size)
                one.cells.push_back(grey(crop(grid, x, y, size, size)));
        all.push_back(std::move(one));
    }
    return all;
}
double distance(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum / static_cast<double>(a.size()));
}
double spread(const std::vector<std::vector<float>>& cells) {
    double sum = 0;
    int pairs = 0;
    for (std::size_t i = 0; i < cells.size(); ++i)
        for (std::size_t j = 0; j < i; ++j, ++pairs) sum += distance(cells[i], cells[j]);
    return sum / pairs;
}
double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
    return values[values.size() / 2];
}
double median_nearest(const std::vector<std::vector<float>>& cells,
                      const std::vector<std::vector<float>>& pictures) {
    std::vector<double> nearest;
    for (const auto& cell : cells) {
        double least = std::numeric_limits<double>::max();
        for (const auto& picture : pictures) least = std::min(least, distance(cell, picture));
        nearest.push_back(least);
    }
    return median(nearest);
}

/// The first step of the last stretch in which `bad` holds up to the end; bad[i] belongs to
/// steps[i]. At least three measurements long.
std::optional<std::int64_t> from_then_on(const std::vector<std::int64_t>& steps,
                                         const std::vector<bool>& bad) {
    std::size_t first = bad.size();
    while (first > 0 && bad[first - 1]) --first;
    if (bad.size() - first < 3) return std::nullopt;
    return steps[first];
}

/// Whether a sound run is one: its pictures have become much better, and are different.
bool turned_out_well(const Experiment& run) {
    const auto kid = course(run, "kid"), diversity = course(run, "diversity");
    return !kid.empty() && kid.back().value < 0.4 * kid.front().value &&
           diversity.back().value > 0.5;
}

/// When the run began to fail; nothing when by this measure it did not.
std::optional<std::int64_t> failed_at(const fs::path& work, const Case& one, int seed) {
    const Experiment run = need(Experiment::open(run_path(work, one.name, seed)));
    if (one.truth == Truth::Breakdown) {
        for (const Event& event : run.read_events()) {
            if (event.type == "rollback") return event.data.at("from").get<std::int64_t>();
            if (event.type == "failed") return event.step;
        }
        return std::nullopt;
    }
    std::vector<std::int64_t> steps;
    std::vector<bool> bad;
    if (one.truth == Truth::WorseThanControl) {
        const auto control =
            course(need(Experiment::open(run_path(work, one.control, seed))), "kid");
        for (const Point& point : course(run, "kid"))
            for (const Point& sound : control)
                if (sound.step == point.step) {
                    steps.push_back(point.step);
                    bad.push_back(point.value >= 2 * sound.value);
                }
        return from_then_on(steps, bad);
    }
    const PackedDataset data = need(PackedDataset::open(pack_path(work, one.data)));
    const int size = data.info().width;
    if (one.truth == Truth::PixelCollapse) {
        const auto control =
            samples(need(Experiment::open(run_path(work, one.control, seed))), size);
        for (const Samples& made : samples(run, size))
            for (const Samples& sound : control)
                if (sound.step == made.step) {
                    steps.push_back(made.step);
                    bad.push_back(spread(made.cells) < 0.4 * spread(sound.cells));
                }
        return from_then_on(steps, bad);
    }
    const PackedDataset all =
        need(PackedDataset::open(pack_path(work, one.data.substr(std::strlen("tiny-")))));
    std::vector<std::vector<float>> known, unseen;
    for (int i = 0; i < kTiny; ++i) {
        known.push_back(grey(all.frame(i)));
        unseen.push_back(grey(all.frame(kTiny + i)));
    }
    for (const Samples& made : samples(run, size)) {
        steps.push_back(made.step);
        bad.push_back(2 * median_nearest(made.cells, known) < median_nearest(made.cells, unseen));
    }
    return from_then_on(steps, bad);
}

// Judgement

struct Tally {
    int failures = 0, named = 0, in_time = 0, healthy = 0, alarmed = 0;
};

void judge(const fs::path& work, const std::string& which) {
    std::printf(
        "| run | seed | | length | fails at | verdicts raised (step) | delay | |\n"
        "|---|---|---|---|---|---|---|---|\n");
    std::map<bool, Tally> tallies;
    for (const Case& one : cases())
        for (const int seed : seeds(which)) {
            const fs::path dir = run_path(work, one.name, seed);
            if (!complete(dir)) continue;
            if (!one.control.empty() && !complete(run_path(work, one.control, seed))) continue;
            const Experiment run = need(Experiment::open(dir));
            ParamSet params(gan::schema());
            (void)need(params.from_json(run.info().params));
            const auto rows = run.read_metrics();
            const gan::HealthRecord record = gan::judge_record(
                params, rows, run.read_events(), run.info().inputs.at("count").get<std::int64_t>());
            std::string raised;
            std::optional<std::int64_t> named;
            for (const gan::HealthChange& change : record.changes) {
                const std::string id = gan::verdict_info(change.verdict.kind).id;
                raised += (raised.empty() ? "" : ", ") + std::string(change.raised ? "" : "−") +
                          id + " (" + std::to_string(change.step) + ")";
                if (change.raised && !named &&
                    std::find(one.right.begin(), one.right.end(), id) != one.right.end())
                    named = change.step;
            }
            const std::int64_t length = std::get<std::int64_t>(params.value("steps"));
            Tally& tally = tallies[for_tuning(seed)];
            std::string fails = "–", delay = "–", outcome;
            if (one.truth == Truth::Healthy && !turned_out_well(run)) {
                outcome = "not sound";
            } else if (one.truth == Truth::Healthy) {
                ++tally.healthy;
                const bool alarm = !record.changes.empty();
                tally.alarmed += alarm;
                outcome = alarm ? "false alarm" : "quiet";
            } else if (const auto at = failed_at(work, one, seed)) {
                ++tally.failures;
                fails = std::to_string(*at);
                const bool in_time = named && *named - *at <= length / 5;
                tally.named += named.has_value();
                tally.in_time += in_time;
                if (named) delay = std::to_string(*named - *at);
                outcome = in_time ? "named" : named ? "named late" : "missed";
            } else {
                outcome = "did not fail";
            }
            std::printf("| %s | %d | %s | %lld | %s | %s | %s | %s |\n", one.name.c_str(), seed,
                        for_tuning(seed) ? "tuning" : "test", static_cast<long long>(length),
                        fails.c_str(), raised.empty() ? "–" : raised.c_str(), delay.c_str(),
                        outcome.c_str());
        }
    for (const auto& [tuning, tally] : tallies)
        std::printf(
            "\n%s: %d of %d failures named (%d within a fifth of the run's length), false "
            "alarms in %d of %d healthy runs\n",
            tuning ? "Tuning runs" : "Test runs", tally.named, tally.failures, tally.in_time,
            tally.alarmed, tally.healthy);
}

}  // namespace
}  // namespace pentimento

int main(int argc, char** argv) {
    using namespace pentimento;
    const std::string what = argc > 2 ? argv[2] : "";
    if (what != "train" && what != "judge")
        die("usage: health_calibration WORKDIR train [SHARD/SHARDS [SEEDS [CASE…]]] | judge "
            "[SEEDS]");
    const fs::path work = fs::absolute(argv[1]);
    prepare_data(work);
    if (what == "judge") {
        judge(work, argc > 3 ? argv[3] : "all");
        return 0;
    }
    int shard = 0, shards = 1, number = 0;
    if (argc > 3 && std::sscanf(argv[3], "%d/%d", &shard, &shards) != 2)
        die("shards are given as 0/2, 1/2 …");
    const std::vector<std::string> only(argv + std::min(argc, 5), argv + argc);
    for (const int seed : seeds(argc > 4 ? argv[4] : "all"))
        for (const Case& one : cases())
            if (only.empty() || std::find(only.begin(), only.end(), one.name) != only.end())
                if (number++ % shards == shard) train(work, one, seed);
}
