// Appending, smoothing and writing of curves.
#include "ui/plots/curve_data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/params/param_spec.h"

namespace pentimento::ui {

namespace {

void smooth(Curve& curve, double smoothing) {
    curve.smoother = Smoother(smoothing);
    for (std::size_t i = 0; i < curve.values.size(); ++i)
        curve.smoothed[i] = curve.smoother.next(curve.values[i]);
}

}  // namespace

double Smoother::next(double value) {
    if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
    sum_ = smoothing_ * sum_ + value;
    weight_ = smoothing_ * weight_ + 1;
    return sum_ / weight_;
}

void CurveData::set_metrics(const std::vector<MetricSpec>& specs) {
    curves_.clear();
    marks_.clear();
    for (const MetricSpec& spec : specs) {
        Curve curve;
        curve.spec = spec;
        curve.smoother = Smoother(smoothing_);
        curves_.push_back(std::move(curve));
    }
}

void CurveData::clear() {
    std::vector<MetricSpec> specs;
    for (Curve& curve : curves_) specs.push_back(std::move(curve.spec));
    set_metrics(specs);
}

void CurveData::set_curves(std::vector<Curve> curves) {
    curves_ = std::move(curves);
    marks_.clear();
    for (Curve& curve : curves_)
        if (curve.smoother.smoothing() != smoothing_) smooth(curve, smoothing_);
}

void CurveData::append(const std::vector<MetricRow>& rows) {
    // Most rows have the same metrics: where one was, it will be again.
    std::vector<std::size_t> places(curves_.size());
    for (const MetricRow& row : rows) {
        const auto step = static_cast<double>(row.step);
        for (std::size_t i = 0; i < curves_.size(); ++i) {
            Curve& curve = curves_[i];
            const auto is_it = [&](const Metric& metric) { return metric.id == curve.spec.id; };
            if (places[i] >= row.metrics.size() || !is_it(row.metrics[places[i]]))
                places[i] = static_cast<std::size_t>(
                    std::find_if(row.metrics.begin(), row.metrics.end(), is_it) -
                    row.metrics.begin());
            if (places[i] == row.metrics.size()) continue;
            const Metric* metric = &row.metrics[places[i]];
            if (!curve.steps.empty() && step <= curve.steps.back()) continue;  // already known
            const double value = std::isfinite(metric->value)
                                     ? metric->value
                                     : std::numeric_limits<double>::quiet_NaN();
            curve.steps.push_back(step);
            curve.values.push_back(value);
            curve.smoothed.push_back(curve.smoother.next(value));
        }
    }
}

void CurveData::append(const std::vector<Event>& events) {
    for (const Event& event : events) {
        if (event.type != "edit") continue;
        // A slider drag gives many edits at neighbouring steps; those of one step are one mark.
        if (!marks_.empty() && marks_.back().step == event.step)
            marks_.back().text += "\n" + event.text;
        else
            marks_.push_back({event.step, event.text});
    }
}

void CurveData::rewind_to(std::int64_t step) {
    for (Curve& curve : curves_) {
        const auto later =
            std::upper_bound(curve.steps.begin(), curve.steps.end(), static_cast<double>(step));
        const auto keep = static_cast<std::size_t>(later - curve.steps.begin());
        curve.steps.resize(keep);
        curve.values.resize(keep);
        curve.smoothed.resize(keep);
    }
    std::erase_if(marks_, [step](const ChangeMark& mark) { return mark.step > step; });
    set_smoothing(smoothing_);  // the averages begin anew
}

void CurveData::set_smoothing(double smoothing) {
    smoothing_ = std::clamp(smoothing, 0.0, 0.999);
    for (Curve& curve : curves_) smooth(curve, smoothing_);
}

bool CurveData::empty() const {
    return std::all_of(curves_.begin(), curves_.end(),
                       [](const Curve& curve) { return curve.steps.empty(); });
}

std::optional<std::size_t> CurveData::nearest(const Curve& curve, double step) {
    if (curve.steps.empty()) return std::nullopt;
    const auto after = std::lower_bound(curve.steps.begin(), curve.steps.end(), step);
    if (after == curve.steps.begin()) return 0;
    const auto index = static_cast<std::size_t>(after - curve.steps.begin());
    if (after == curve.steps.end()) return index - 1;
    return step - curve.steps[index - 1] <= *after - step ? index - 1 : index;
}

bool CurveData::changes(const std::vector<double>& steps, const std::vector<double>& values,
                        std::size_t drawn, const View& view) {
    if (drawn >= steps.size()) return false;
    if (drawn == 0) return true;
    // Where nothing follows, all that comes after what is shown stays unseen.
    if (!view.follows) return steps[drawn - 1] <= view.to;
    if (steps.back() - view.to > view.step_pixel / 2) return true;
    // The newest column of pixels stays as it is if the new values are among those in it.
    double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
    for (std::size_t i = drawn; i-- > 0 && steps[i] > view.to - view.step_pixel;) {
        if (std::isnan(values[i])) continue;
        lowest = std::min(lowest, values[i]);
        highest = std::max(highest, values[i]);
    }
    lowest -= view.value_pixel / 2;
    highest += view.value_pixel / 2;
    return std::any_of(values.begin() + static_cast<std::ptrdiff_t>(drawn), values.end(),
                       [&](double value) { return value < lowest || value > highest; });
}

std::string CurveData::to_csv() const {
    std::string text = "step";
    std::map<double, std::vector<double>> rows;
    for (std::size_t c = 0; c < curves_.size(); ++c) {
        text += "," + curves_[c].spec.id;
        for (std::size_t i = 0; i < curves_[c].steps.size(); ++i) {
            auto& row = rows[curves_[c].steps[i]];
            row.resize(curves_.size(), std::numeric_limits<double>::quiet_NaN());
            row[c] = curves_[c].values[i];
        }
    }
    text += "\n";
    for (const auto& [step, values] : rows) {
        text += to_text(static_cast<std::int64_t>(step));
        for (const double value : values)
            text += std::isnan(value) ? std::string(",") : "," + to_text(value);
        text += "\n";
    }
    return text;
}

std::vector<Curve> curves_of(const std::vector<MetricSpec>& specs,
                             const std::vector<MetricRow>& rows, double smoothing) {
    CurveData data;
    data.set_metrics(specs);
    data.set_smoothing(smoothing);
    data.append(rows);
    return data.take_curves();
}

}  // namespace pentimento::ui
