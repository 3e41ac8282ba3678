// Anything that works in steps: GAN training, style optimisation, importing a dataset.
// One worker, one state table, one progress bar, one cancel and one log serve them all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/frame.h"
#include "core/base/json.h"
#include "core/base/result.h"
#include "core/params/param_set.h"

namespace pentimento {

/// What a curve is, declared once by the run that measures it.
struct MetricSpec {
    std::string id;     ///< "loss_g"; the key in metrics.jsonl
    std::string label;  ///< "Generator loss"
    std::string help;   ///< what it measures, what a good value looks like, in plain words
    std::string plot;   ///< metrics of the same plot share axes: "Losses", "Scores" …
};

struct Metric {
    std::string id;
    double value = 0;
};

enum class Severity { Info, Warning, Error };

/// A line of events.jsonl.
struct Event {
    std::string type;  ///< "edit", "checkpoint", "rollback", "health", "warning" …: FORMATS.md
    std::string text;  ///< one sentence for the person
    std::int64_t step = 0;
    Severity severity = Severity::Info;
    Json data;  ///< e.g. {"id": "lr_g", "from": 2e-4, "to": 1e-4}; null when there is none
};

/// What a step came to.
///
/// A run that had to go back to an earlier state says so by a `step` that is smaller than the one
/// before, with an event of the type "rollback" that tells why (data: {"from", "to", "reason",
/// "attempt"}). It must then be exactly where it was after that step, with its present settings.
/// The worker drops the record of the steps that were undone; metrics and score are not looked at.
///
/// A run that changes its own live settings reports them with edit_events(…, true); they take
/// effect after `step`. Together with the rule that a step depends on nothing but the state, the
/// settings and the step's number, that is what makes a replay come to the same end.
struct StepReport {
    std::int64_t step = 0;         ///< steps done since the run began, this one included
    std::int64_t total_steps = 0;  ///< 0 when the run has no end
    std::int64_t items = 0;        ///< pictures processed by this step, for the images/s figure
    bool finished = false;
    std::vector<Metric>
        metrics;  ///< empty on most steps: values are read from the device every k steps
    std::vector<Event> events;  ///< `step` is filled in by the worker
    std::string note;           ///< what it is doing, "Decoding pictures"; may be empty
    /// How good the state is, lower is better (a KID, say), on steps where that was measured. The
    /// state with the lowest is kept as the best checkpoint.
    std::optional<double> score;
};

/// A look at the work so far.
struct Preview {
    Frame frame;
    std::int64_t step = 0;
    int columns = 1;  ///< the frame is a grid of columns × rows equal cells, without gaps
    int rows = 1;
};

/// All calls come from one thread, the worker's. Nothing here may throw for what can be expected.
class Run {
  public:
    virtual ~Run() = default;

    /// "gan", "style", "import": the key under which a stored run finds its maker.
    virtual std::string kind() const = 0;
    /// Present values, live edits included.
    virtual const ParamSet& params() const = 0;
    virtual std::vector<MetricSpec> metric_specs() const { return {}; }

    /// Called between steps with live parameters only; effective for the next step.
    virtual Status apply(const Patch& patch) = 0;
    virtual Result<StepReport> step() = 0;
    /// Must not change anything that training depends on. Runs without pictures return Unsupported.
    virtual Result<Preview> preview() = 0;
    /// Writes everything an exact continuation needs into the existing empty directory `dir`.
    virtual Status save(const std::filesystem::path& dir) = 0;
    /// The settings stay as they were given when the run was made.
    virtual Status restore(const std::filesystem::path& dir) = 0;
    /// Before the first step: takes over the weights of another run's checkpoint (weights only: the
    /// optimiser is fresh and the step is 0). Unsupported unless overridden.
    virtual Status adopt(const std::filesystem::path& checkpoint_dir);
    /// Steps done since the run began (not since it was resumed).
    virtual std::int64_t steps_done() const = 0;
};

/// One "edit" event for each setting that differs. `by_the_run`: nobody asked for it.
std::vector<Event> edit_events(const ParamSet& before, const ParamSet& after, std::int64_t step,
                               bool by_the_run = false);

/// Restores `run`, made with `wanted`, and sets again what is live: the checkpoint may be older
/// than the last edits.
Status continue_from(Run& run, const std::filesystem::path& checkpoint, const ParamSet& wanted);

}  // namespace pentimento
