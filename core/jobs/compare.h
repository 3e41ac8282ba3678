// Runs side by side: what they were set to and how they went.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/session/experiment.h"

namespace pentimento {

struct RunComparison {
    /// A setting that is not the same everywhere; `values` by run, as text, empty where a run has
    /// no such setting or does not use it.
    struct Setting {
        std::string id, label, unit, group;
        std::vector<std::string> values;
    };
    struct Point {
        std::int64_t step = 0;
        double value = 0;
    };
    /// A metric that at least one run has recorded; `points` by run.
    struct Series {
        MetricSpec spec;  ///< only the id, when no kind of these runs declares the metric
        std::vector<std::vector<Point>> points;
    };

    std::vector<Experiment> runs;   ///< in the order given
    std::vector<Setting> settings;  ///< in the order of the schema
    std::vector<Series> series;     ///< in the order of the declarations, undeclared ones last
};

/// Reads two or more stored runs of any kind, with their present settings. Fails with the first run
/// that cannot be read. May take a while for long runs: not for a thread that draws.
Result<RunComparison> compare_runs(const std::vector<std::filesystem::path>& dirs);

/// For programs: {"runs": […], "settings": […], "metrics": […]}, the whole series included.
Json to_json(const RunComparison& comparison);

}  // namespace pentimento
