// What a detector is. Private to health: one file a verdict, all listed in detectors().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/gan/health/health.h"
#include "core/gan/health/loss_view.h"

namespace pentimento::gan::health {

/// All that a detector may look at.
struct Situation {
    const std::map<std::string, Curve>& curves;
    const ParamSet& params;
    const LossView& loss;
    std::int64_t pictures;  ///< size of the dataset; 0: unknown
    std::int64_t step;
    std::int64_t broke_down;  ///< step of the last breakdown; −1: none

    /// Empty when it was never measured.
    const Curve& curve(const std::string& id) const;
};

enum class Sign {
    Unknown,  ///< not enough measured
    Clear,
    Between,  ///< neither: what was found before stands
    Bad,
};

struct Finding {
    Sign sign = Sign::Unknown;
    std::string text;
    std::vector<Evidence> evidence;
};

/// A trigger that is no metric: the run met a number that is none.
inline constexpr const char* kBreakdown = "breakdown";

struct Detector {
    VerdictInfo info;
    std::vector<std::string> triggers;  ///< metrics; a row with one of them is looked at
    int hold = 1;                       ///< looks in a row that must be Bad to raise it
    int release = 1;                    ///< looks in a row that must be Clear to clear it
    Finding (*find)(const Situation&);
    std::vector<Remedy> (*remedies)(const Situation&);
};
/// In the order of VerdictKind.
const std::vector<Detector>& detectors();

Detector divergence();
Detector mode_collapse();
Detector memorisation();
Detector discriminator_wins();
Detector discriminator_overfits();
Detector oscillation();

// Reading curves

/// The last `count` values, or fewer.
std::vector<double> last(const Curve& curve, std::size_t count);
/// Nothing while the curve is shorter than `count`; else the median of its last values.
std::optional<double> recent_median(const Curve& curve, std::size_t count);
double median(std::vector<double> values);

/// What the KID has done so far.
struct KidCourse {
    std::size_t count = 0;
    double first = 0, best = 0, now = 0;  ///< now: the lower of the last two
    double error = 0;                     ///< standard error of the last
    std::size_t since_best = 0;           ///< evaluations since the best
};
KidCourse kid_course(const Situation& situation);

Evidence evidence(const Situation& situation, const std::string& metric, double value,
                  double threshold, bool above = true);

/// "0.0123", "57 %"
std::string number(double value);
std::string percent(double share);

// Remedies; each leaves out what is not live, not there, or would change nothing.

/// An edit of one live number: the value times `factor`, or `from_zero` when it is 0, within range.
std::optional<Patch> scaled(const ParamSet& params, const std::string& id, double factor,
                            double from_zero = 0);
class RemedyList {
  public:
    explicit RemedyList(const ParamSet& params) : params_(params) {}
    RemedyList& scale(std::string label, const std::vector<std::string>& ids, double factor,
                      double from_zero = 0, bool to_best = false);
    RemedyList& to_best(std::string label);
    std::vector<Remedy> take() { return std::move(list_); }

  private:
    const ParamSet& params_;
    std::vector<Remedy> list_;
};

}  // namespace pentimento::gan::health
