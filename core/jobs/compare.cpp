#include "core/jobs/compare.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/jobs/kinds.h"

namespace pentimento {
namespace {

std::string shown(const ParamSet& params, const std::string& id) {
    const ParamSpec* spec = params.schema().find(id);
    return spec && params.relevant(*spec) ? to_text(params.value(id)) : std::string();
}

std::vector<RunComparison::Setting> differing(const std::vector<ParamSet>& params) {
    std::vector<RunComparison::Setting> settings;
    std::set<std::string> seen;
    for (const ParamSet& one : params)
        for (const ParamSpec& spec : one.schema().specs()) {
            if (!seen.insert(spec.id).second) continue;
            RunComparison::Setting setting{spec.id, spec.label, spec.unit, spec.group, {}};
            for (const ParamSet& each : params) setting.values.push_back(shown(each, spec.id));
            const auto& values = setting.values;
            if (std::any_of(values.begin(), values.end(),
                            [&](const std::string& value) { return value != values.front(); }))
                settings.push_back(std::move(setting));
        }
    return settings;
}

/// Where the points of a metric go: an entry of its own for one that nobody declared.
RunComparison::Series& series_of(RunComparison& comparison, const std::string& id) {
    auto& all = comparison.series;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& series) { return series.spec.id == id; });
    if (found != all.end()) return *found;
    all.push_back({{.id = id, .label = id, .help = "", .plot = ""},
                   std::vector<std::vector<RunComparison::Point>>(comparison.runs.size())});
    return all.back();
}

}  // namespace

Result<RunComparison> compare_runs(const std::vector<fs::path>& dirs) {
    if (dirs.size() < 2)
        return Error{ErrorCode::InvalidArgument, "Name at least two runs to compare.", ""};
    RunComparison comparison;
    std::vector<ParamSet> params;
    for (const fs::path& dir : dirs) {
        Result<Experiment> run = Experiment::open(dir);
        if (!run) return run.error();
        Result<ParamSet> settings = current_params(*run);
        if (!settings) return settings.error();
        params.push_back(*std::move(settings));
        comparison.runs.push_back(*std::move(run));
    }
    comparison.settings = differing(params);
    for (const Experiment& run : comparison.runs)
        for (const MetricSpec& spec : jobs::find_kind(run.info().kind)->metric_specs())
            series_of(comparison, spec.id).spec = spec;
    for (std::size_t i = 0; i < comparison.runs.size(); ++i)
        for (const MetricRow& row : comparison.runs[i].read_metrics())
            for (const Metric& metric : row.metrics)
                series_of(comparison, metric.id).points[i].push_back({row.step, metric.value});
    std::erase_if(comparison.series, [](const RunComparison::Series& series) {
        return std::all_of(series.points.begin(), series.points.end(),
                           [](const auto& points) { return points.empty(); });
    });
    return comparison;
}

Json to_json(const RunComparison& comparison) {
    Json runs = Json::array(), settings = Json::array(), metrics = Json::array();
    for (const Experiment& run : comparison.runs)
        runs.push_back({{"directory", to_valid_utf8(run.directory().native())},
                        {"name", run.info().name},
                        {"kind", run.info().kind},
                        {"created", run.info().created}});
    for (const RunComparison::Setting& setting : comparison.settings)
        settings.push_back({{"id", setting.id},
                            {"label", setting.label},
                            {"unit", setting.unit},
                            {"values", setting.values}});
    for (const RunComparison::Series& series : comparison.series) {
        Json by_run = Json::array();
        for (const auto& points : series.points) {
            Json list = Json::array();
            for (const RunComparison::Point& point : points)
                list.push_back({point.step, point.value});
            by_run.push_back(std::move(list));
        }
        metrics.push_back(
            {{"id", series.spec.id}, {"label", series.spec.label}, {"points", std::move(by_run)}});
    }
    return {{"runs", std::move(runs)},
            {"settings", std::move(settings)},
            {"metrics", std::move(metrics)}};
}

}  // namespace pentimento
