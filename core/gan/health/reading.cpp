// What the detectors share: reading curves, wording, remedies.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/gan/gan_run.h"
#include "core/gan/health/detector.h"

namespace pentimento::gan::health {
namespace {

constexpr std::size_t kCourse = 60;  ///< points of an evidence's plot

}  // namespace

const Curve& Situation::curve(const std::string& id) const {
    static const Curve empty;
    const auto found = curves.find(id);
    return found == curves.end() ? empty : found->second;
}

std::vector<double> last(const Curve& curve, std::size_t count) {
    std::vector<double> values;
    for (std::size_t i = curve.size() - std::min(count, curve.size()); i < curve.size(); ++i)
        values.push_back(curve[i].second);
    return values;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::optional<double> recent_median(const Curve& curve, std::size_t count) {
    if (curve.size() < count || count == 0) return std::nullopt;
    return median(last(curve, count));
}

KidCourse kid_course(const Situation& situation) {
    const Curve& kid = situation.curve("kid");
    KidCourse course;
    course.count = kid.size();
    if (kid.empty()) return course;
    course.first = kid.front().second;
    const auto best = std::min_element(
        kid.begin(), kid.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    course.best = best->second;
    course.since_best = static_cast<std::size_t>(kid.end() - best) - 1;
    const auto recent = last(kid, 2);
    course.now = *std::min_element(recent.begin(), recent.end());
    if (const Curve& error = situation.curve("kid_error"); !error.empty())
        course.error = error.back().second;
    return course;
}

Evidence evidence(const Situation& situation, const std::string& metric, double value,
                  double threshold, bool above) {
    static const std::map<std::string, std::string> labels = [] {
        std::map<std::string, std::string> all;
        for (const MetricSpec& spec : metric_specs()) all[spec.id] = spec.label;
        return all;
    }();
    const auto label = labels.find(metric);
    const Curve& curve = situation.curve(metric);
    return {metric,
            label == labels.end() ? metric : label->second,
            value,
            threshold,
            above,
            Curve(curve.end() - static_cast<std::ptrdiff_t>(std::min(kCourse, curve.size())),
                  curve.end())};
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f %%", 100 * share);
    return text;
}

std::optional<Patch> scaled(const ParamSet& params, const std::string& id, double factor,
                            double from_zero) {
    const ParamSpec* spec = params.schema().find(id);
    if (spec == nullptr || spec->apply != Apply::Live || !params.relevant(*spec))
        return std::nullopt;
    const ParamValue& now = params.value(id);
    const bool whole = std::holds_alternative<std::int64_t>(now);
    const double before =
        whole ? static_cast<double>(std::get<std::int64_t>(now)) : std::get<double>(now);
    double after = before == 0 ? from_zero : before * factor;
    if (spec->min) after = std::max(after, *spec->min);
    if (spec->max) after = std::min(after, *spec->max);
    if (whole) after = std::round(after);
    if (after == before) return std::nullopt;
    return Patch{{id, whole ? ParamValue(static_cast<std::int64_t>(after)) : ParamValue(after)}};
}

RemedyList& RemedyList::scale(std::string label, const std::vector<std::string>& ids, double factor,
                              double from_zero, bool to_best) {
    Remedy remedy{std::move(label), {}, to_best};
    for (const std::string& id : ids)
        if (const auto edit = scaled(params_, id, factor, from_zero))
            remedy.edits.insert(edit->begin(), edit->end());
    if (!remedy.edits.empty()) list_.push_back(std::move(remedy));
    return *this;
}

RemedyList& RemedyList::to_best(std::string label) {
    list_.push_back({std::move(label), {}, true});
    return *this;
}

}  // namespace pentimento::gan::health
