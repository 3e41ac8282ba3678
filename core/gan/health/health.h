// Reads the curves of a training as an experienced person would, and says what is going wrong, with
// evidence and a remedy. No torch here: the same code judges live runs, stored runs and tests.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/params/param_set.h"
#include "core/session/experiment.h"

namespace pentimento::gan {

enum class VerdictKind {
    DiscriminatorWins,
    DiscriminatorOverfits,
    ModeCollapse,
    Memorisation,
    Divergence,
    Oscillation,
};

/// What a verdict of this kind means, whether raised or not.
struct VerdictInfo {
    VerdictKind kind;
    std::string id;           ///< "d_wins", "d_overfits", "mode_collapse", "memorisation",
                              ///< "divergence", "oscillation"
    std::string title;        ///< "The discriminator is winning"
    std::string explanation;  ///< for a newcomer: what happens and why, three to five sentences
};
const std::vector<VerdictInfo>& verdict_infos();

/// A number that speaks for a verdict, with its recent course for a small plot.
struct Evidence {
    std::string metric;  ///< id of metric_specs()
    std::string label;
    double value = 0;
    double threshold = 0;
    bool above = true;  ///< it speaks for the verdict above the threshold, else below
    std::vector<std::pair<std::int64_t, double>> course;  ///< (step, value)
};

/// What can be done with one click and undone again.
struct Remedy {
    std::string label;   ///< "Halve the discriminator's learning rate"
    Patch edits;         ///< live parameters only
    bool to_best = false;  ///< go back to the best checkpoint first
};

struct Verdict {
    VerdictKind kind;
    std::int64_t since = 0;  ///< step at which it was first seen
    std::string text;        ///< one plain sentence with the numbers
    std::vector<Evidence> evidence;
    std::vector<Remedy> remedies;  ///< the best first; may be empty
};

/// Rows go in as they are measured; verdicts are raised after they have held for a while and
/// cleared when they no longer do, so that one odd number raises no alarm. Deterministic: the same
/// rows give the same verdicts.
class HealthMonitor {
  public:
    explicit HealthMonitor(const ParamSet& params);

    /// Settings as they are from now on; remedies are suggested relative to them.
    void set_params(const ParamSet& params);
    void add(const MetricRow& row);
    /// After a rollback or a resume: forgets what came later.
    void rewind_to(std::int64_t step);

    /// Raised now, the gravest first. Empty: healthy, or too early to say (see informed()).
    const std::vector<Verdict>& verdicts() const { return verdicts_; }
    /// Whether enough has been measured to call the run healthy.
    bool informed() const;

  private:
    ParamSet params_;
    std::map<std::string, std::vector<std::pair<std::int64_t, double>>> curves_;
    std::vector<Verdict> verdicts_;
};

}  // namespace pentimento::gan
