// A comparison of runs as the plots take it: one plot a metric, one curve a run.
#pragma once

#include <QString>
#include <vector>

#include "core/jobs/compare.h"

namespace pentimento::ui {

struct ComparisonCurves {
    std::vector<MetricSpec> specs;  ///< `plot` is the metric's name, `label` the run's
    std::vector<MetricRow> rows;    ///< by step
};
ComparisonCurves comparison_curves(const RunComparison& comparison);

/// Names that tell the runs apart: equal ones get the time at which they were begun.
std::vector<QString> run_labels(const std::vector<Experiment>& runs);

}  // namespace pentimento::ui
