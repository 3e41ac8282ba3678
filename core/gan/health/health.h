// Reads the curves of a training as an experienced person would, and says what is going wrong, with
// evidence and a remedy. No torch here: the same code judges live runs, stored runs and tests.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/params/param_set.h"
#include "core/session/experiment.h"

namespace pentimento::gan {

/// The gravest first.
enum class VerdictKind {
    Divergence,
    ModeCollapse,
    Memorisation,
    DiscriminatorWins,
    DiscriminatorOverfits,
    Oscillation,
};

/// What a verdict of this kind means, whether raised or not.
struct VerdictInfo {
    VerdictKind kind;
    std::string id;           ///< "divergence", "mode_collapse", "memorisation", "d_wins",
                              ///< "d_overfits", "oscillation"
    std::string title;        ///< "The discriminator is winning"
    std::string explanation;  ///< for a newcomer: what happens and why, three to five sentences
};
/// In the order of VerdictKind.
const std::vector<VerdictInfo>& verdict_infos();
const VerdictInfo& verdict_info(VerdictKind kind);

/// (step, value), by step.
using Curve = std::vector<std::pair<std::int64_t, double>>;

/// A number that speaks for a verdict, with its recent course for a small plot.
struct Evidence {
    std::string metric;  ///< id of metric_specs()
    std::string label;
    double value = 0;
    double threshold = 0;
    bool above = true;  ///< it speaks for the verdict above the threshold, else below
    Curve course;
};

/// What can be done with one click and undone again.
struct Remedy {
    std::string label;     ///< "Halve the discriminator's learning rate"
    Patch edits;           ///< live parameters only, relative to the settings as they are
    bool to_best = false;  ///< go back to the best checkpoint first
};

struct Verdict {
    VerdictKind kind;
    std::int64_t since = 0;  ///< step at which it was first seen
    std::string text;        ///< one plain sentence with the numbers
    std::vector<Evidence> evidence;
    std::vector<Remedy> remedies;  ///< the best first; may be empty
};

/// A verdict was raised, or cleared (then it tells what was found last).
struct HealthChange {
    std::int64_t step = 0;
    bool raised = true;
    Verdict verdict;
};
/// As a line of events.jsonl: {"verdict", "state", "evidence": {metric: value}}.
Event health_event(const HealthChange& change);

struct LossView;
namespace health {
struct Situation;
}

/// Rows go in as they are measured; verdicts are raised after they have held for a while and
/// cleared when they no longer do, so that one odd number raises no alarm. Deterministic: the same
/// calls give the same verdicts.
class HealthMonitor {
  public:
    /// `params` belong to schema(). `pictures`: size of the dataset, 0 when it is not known.
    explicit HealthMonitor(const ParamSet& params, std::int64_t pictures = 0);
    ~HealthMonitor();
    HealthMonitor(HealthMonitor&&) noexcept;
    HealthMonitor& operator=(HealthMonitor&&) noexcept;

    /// Settings as they are from now on; remedies are suggested relative to them.
    void set_params(const ParamSet& params);
    /// Rows of steps that are known already are passed over.
    std::vector<HealthChange> add(const MetricRow& row);
    /// The run met a number that is none: a divergence, whatever the curves say. Call it after
    /// rewind_to() when the run went back.
    std::vector<HealthChange> broke_down(std::int64_t step);
    /// After a rollback or a resume: forgets what came later. Verdicts are then as they were.
    void rewind_to(std::int64_t step);

    /// Raised now, the gravest first. Empty: healthy, or too early to say (see informed()).
    const std::vector<Verdict>& verdicts() const { return verdicts_; }
    /// Whether enough has been measured to call the run healthy.
    bool informed() const;
    /// Whether the scores of this row alone are so large that training cannot come back by itself.
    /// Depends on nothing else but the loss, so that a run that acts on it can be replayed.
    bool hopeless(const MetricRow& row) const;

  private:
    /// How long a verdict has been seen, or not seen.
    struct Track {
        int bad = 0;    ///< looks in a row that found it
        int clear = 0;  ///< looks in a row that did not
        std::int64_t since = 0;
        bool raised = false;
    };

    std::vector<HealthChange> look(const std::vector<std::string>& measured);
    health::Situation situation() const;

    ParamSet params_;
    std::int64_t pictures_;
    std::unique_ptr<LossView> loss_;
    std::int64_t step_ = 0;
    std::map<std::string, Curve> curves_;
    std::vector<std::int64_t> breakdowns_;  ///< steps
    std::vector<Track> tracks_;             ///< one a detector
    std::vector<Verdict> verdicts_;
};

/// Judges a run by its record: what was raised and cleared, and how it stands at the end. `started`
/// are the settings that it began with; edits are taken from `events`.
struct HealthRecord {
    std::vector<HealthChange> changes;
    HealthMonitor monitor;
};
HealthRecord judge_record(const ParamSet& started, const std::vector<MetricRow>& rows,
                          const std::vector<Event>& events, std::int64_t pictures = 0);

}  // namespace pentimento::gan
