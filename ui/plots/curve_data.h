// The numbers behind a plot, without any widget: curves of one plot, their smoothing, and where
// settings were changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/session/experiment.h"
#include "core/session/run.h"

namespace pentimento::ui {

/// An exponential moving average without the pull toward zero at the start: the mean of all values
/// so far, the k-th last weighted by smoothing^k. NaN leaves a gap and does not spoil what follows.
class Smoother {
  public:
    explicit Smoother(double smoothing = 0) : smoothing_(smoothing) {}  ///< 0 … 0.999
    double next(double value);
    double smoothing() const { return smoothing_; }

  private:
    double smoothing_;
    double sum_ = 0, weight_ = 0;
};

struct Curve {
    MetricSpec spec;
    std::vector<double> steps;     ///< ascending
    std::vector<double> values;    ///< NaN where the run reported none that is finite
    std::vector<double> smoothed;  ///< as long as values
    Smoother smoother;
};

/// A setting was changed while the run went on.
struct ChangeMark {
    std::int64_t step = 0;
    std::string text;  ///< "Learning rate: 2e-4 → 1e-4"
};

class CurveData {
  public:
    void set_metrics(const std::vector<MetricSpec>& specs);
    void clear();  ///< values and marks; the curves stay declared
    /// Instead of all that there is, marks included.
    void set_curves(std::vector<Curve> curves);
    std::vector<Curve> take_curves() { return std::move(curves_); }  ///< none are left
    /// Values that are not finite become gaps; metrics that are not declared are passed over.
    void append(const std::vector<MetricRow>& rows);
    /// Edits become marks; other events are passed over.
    void append(const std::vector<Event>& events);
    /// Forgets what lies after `step`: a run was resumed from there.
    void rewind_to(std::int64_t step);
    void set_smoothing(double smoothing);
    double smoothing() const { return smoothing_; }

    const std::vector<Curve>& curves() const { return curves_; }
    const std::vector<ChangeMark>& marks() const { return marks_; }
    bool empty() const;
    /// The point nearest to `step`; nothing while the curve is empty.
    static std::optional<std::size_t> nearest(const Curve& curve, double step);
    /// What a plot shows.
    struct View {
        double to = 0;           ///< the last step
        double step_pixel = 1;   ///< steps that a column of pixels stands for
        double value_pixel = 0;  ///< what a row stands for
        bool follows = true;     ///< its end goes with the newest values
    };
    /// Whether a picture of the first `drawn` points would change by more than half a pixel if the
    /// others were there too. `values`: the curve's values, or its smoothed ones.
    static bool changes(const std::vector<double>& steps, const std::vector<double>& values,
                        std::size_t drawn, const View& view);
    /// "step,loss_g,loss_d\n1,0.7,0.6\n"; a gap is an empty field.
    std::string to_csv() const;

  private:
    std::vector<Curve> curves_;
    std::vector<ChangeMark> marks_;
    double smoothing_ = 0;
};

/// A whole record as curves. A long one takes a while: for a thread, with the smoothing that the
/// plots will have, so that they need not go through it again.
std::vector<Curve> curves_of(const std::vector<MetricSpec>& specs,
                             const std::vector<MetricRow>& rows, double smoothing);

}  // namespace pentimento::ui
