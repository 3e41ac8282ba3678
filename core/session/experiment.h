// One run's folder on disk. See docs/FORMATS.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/params/param_set.h"
#include "core/session/run.h"

namespace pentimento {

struct RunInfo {
    std::string kind;     ///< "gan", "style"
    std::string name;     ///< as the person sees it
    std::string created;  ///< UTC, ISO 8601
    Json params;          ///< as started; live edits are in events.jsonl
    Json inputs;          ///< kind-specific: dataset path and fingerprint, picture files, weights
    Json environment;     ///< library versions, device, threads
};

struct MetricRow {
    std::int64_t step = 0;
    double seconds = 0;  ///< time spent training, pauses excluded
    std::vector<Metric> metrics;
};

struct SampleFile {
    std::int64_t step = 0;
    std::filesystem::path path;
};

class Experiment {
  public:
    static constexpr int kSchemaVersion = 1;

    /// `dir` must not exist or be empty.
    static Result<Experiment> create(const std::filesystem::path& dir, RunInfo info);
    static Result<Experiment> open(const std::filesystem::path& dir);
    /// `<root>/<UTC time>-<name>`, made unique; the name is reduced to safe characters.
    static std::filesystem::path fresh_directory(const std::filesystem::path& root,
                                                 std::string_view name);

    const std::filesystem::path& directory() const { return dir_; }
    const RunInfo& info() const { return info_; }

    Status append_metrics(const MetricRow& row);
    Status append_event(const Event& event);
    /// Lines that do not parse (the last one after a crash, say) are passed over.
    std::vector<MetricRow> read_metrics() const;
    std::vector<Event> read_events() const;

    std::filesystem::path sample_path(std::int64_t step) const;  ///< samples/step-00000100.png
    std::vector<SampleFile> samples() const;                     ///< by step

    /// Lets `fill` write into a fresh directory, records size and checksum of every file in
    /// manifest.json, puts the whole in place, then drops all but the newest `keep` checkpoints.
    Status write_checkpoint(std::int64_t step,
                            const std::function<Status(const std::filesystem::path&)>& fill,
                            int keep = 3);
    /// The newest checkpoint whose manifest and checksums hold; older ones are tried in turn.
    struct Checkpoint {
        std::int64_t step = 0;
        std::filesystem::path dir;
        std::vector<std::string> warnings;  ///< damaged newer checkpoints that were passed over
    };
    Result<Checkpoint> latest_checkpoint() const;

    /// After resuming from `step`: metrics, events and samples of later steps are dropped, so that
    /// the record has no step twice.
    Status rewind_to(std::int64_t step);

  private:
    std::filesystem::path dir_;
    RunInfo info_;
};

/// Folders under `root` that hold a run, newest first. Damaged ones are left out.
std::vector<Experiment> list_experiments(const std::filesystem::path& root);

}  // namespace pentimento
