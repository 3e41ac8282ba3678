// One run's folder on disk. See docs/FORMATS.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/params/param_set.h"
#include "core/session/history.h"
#include "core/session/run.h"

namespace pentimento {

/// The run, and its step, that another began from.
struct RunSource {
    std::string run;  ///< its folder at that time, for people
    std::int64_t step = 0;
};

/// A run that is done again, with all that its replay needs.
struct ReplaySource {
    std::string run;
    std::int64_t step = 0;  ///< the replay's end
    std::vector<RecordedEdit> edits;
};

struct RunInfo {
    std::string kind;     ///< "gan", "style"
    std::string name;     ///< as the person sees it
    std::string created;  ///< UTC, ISO 8601
    Json params;          ///< as started; live edits are in events.jsonl
    Json inputs;          ///< kind-specific: dataset path and fingerprint, picture files, weights
    Json environment;     ///< library versions, device, threads
    std::optional<RunSource> branched_from;  ///< its checkpoint is this run's first, and stays
    std::optional<RunSource> weights_from;   ///< a copy is in inputs/weights
    std::optional<ReplaySource> replay_of;
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

/// Which checkpoint of a run is meant.
struct CheckpointChoice {
    enum class Which { Latest, Best, AtStep } which = Which::Latest;
    std::int64_t step = 0;  ///< for AtStep

    static CheckpointChoice latest() { return {}; }
    static CheckpointChoice best() { return {Which::Best, 0}; }
    static CheckpointChoice at(std::int64_t step) { return {Which::AtStep, step}; }
    /// "latest", "best" or a step.
    static Result<CheckpointChoice> parse(std::string_view text);
};

class Experiment {
  public:
    static constexpr int kSchemaVersion = 1;

    /// Conflict unless `dir` is empty or not there.
    static Status check_free(const std::filesystem::path& dir);
    /// `dir` must be free in that sense.
    static Result<Experiment> create(const std::filesystem::path& dir, RunInfo info);
    static Result<Experiment> open(const std::filesystem::path& dir);

    const std::filesystem::path& directory() const { return dir_; }
    const RunInfo& info() const { return info_; }

    Status append_metrics(const MetricRow& row);
    Status append_event(const Event& event);
    /// Lines that do not parse (the last one after a crash, say) are passed over.
    std::vector<MetricRow> read_metrics() const;
    std::vector<Event> read_events() const;

    std::filesystem::path sample_path(std::int64_t step) const;  ///< samples/step-00000100.png
    std::vector<SampleFile> samples() const;                     ///< by step

    struct Checkpoint {
        std::int64_t step = 0;
        std::filesystem::path dir;
        std::optional<double> score;        ///< lower is better; most steps have none
        bool best = false;                  ///< the lowest score of all (the oldest of equals)
        std::vector<std::string> warnings;  ///< damaged ones that were passed over for this one
    };
    /// Lets `fill` write into a fresh directory, records size and checksum of every file in
    /// manifest.json, puts the whole in place, then drops all but the newest `keep` checkpoints,
    /// the best one and the one that a branch began with. `score` as in StepReport.
    Status write_checkpoint(std::int64_t step,
                            const std::function<Status(const std::filesystem::path&)>& fill,
                            std::optional<double> score = {}, int keep = 3);
    /// By step, as their manifests describe them; whether they are sound is not looked at.
    std::vector<Checkpoint> checkpoints() const;
    /// The newest checkpoint whose manifest and checksums hold; older ones are tried in turn.
    Result<Checkpoint> latest_checkpoint() const;
    /// The one with the lowest score; when it is damaged, the next best. NotFound without scores.
    Result<Checkpoint> best_checkpoint() const;
    /// The message of a step that is not there names those that are.
    Result<Checkpoint> find_checkpoint(const CheckpointChoice& choice) const;

    /// After resuming from `step`: metrics, events and samples of later steps are dropped, so that
    /// the record has no step twice.
    Status rewind_to(std::int64_t step);
    /// After the run itself went back to `step`: as rewind_to, but the log keeps telling what
    /// happened (see history.h for how it is then read).
    Status roll_back_to(std::int64_t step);

  private:
    Result<Checkpoint> first_sound(std::vector<Checkpoint> candidates,
                                   const std::string& missing) const;

    std::filesystem::path dir_;
    RunInfo info_;
};

/// Folders under `root` that hold a run, newest first. Damaged ones are left out.
std::vector<Experiment> list_experiments(const std::filesystem::path& root);

}  // namespace pentimento
