// Series of runs become curves of plots.
#include "ui/models/comparison_curves.h"

#include <QDateTime>
#include <QLocale>
#include <map>

namespace pentimento::ui {

std::vector<QString> run_labels(const std::vector<Experiment>& runs) {
    std::map<std::string, int> count;
    for (const Experiment& run : runs) ++count[run.info().name];
    std::vector<QString> labels;
    std::map<QString, int> used;
    for (const Experiment& run : runs) {
        QString label = QString::fromStdString(run.info().name);
        if (count[run.info().name] > 1) {
            const auto begun =
                QDateTime::fromString(QString::fromStdString(run.info().created), Qt::ISODate);
            label += QStringLiteral(", ") +
                     QLocale().toString(begun.toLocalTime(), QStringLiteral("d MMM HH:mm:ss"));
        }
        if (++used[label] > 1) label += QStringLiteral(" (%1)").arg(used[label]);
        labels.push_back(label);
    }
    return labels;
}

ComparisonCurves comparison_curves(const RunComparison& comparison) {
    const std::vector<QString> labels = run_labels(comparison.runs);
    ComparisonCurves curves;
    std::map<std::int64_t, MetricRow> rows;
    for (const RunComparison::Series& series : comparison.series) {
        const std::string name = series.spec.label.empty() ? series.spec.id : series.spec.label;
        for (std::size_t run = 0; run < labels.size(); ++run) {
            // Runs without the metric keep their place, so that a run has one colour everywhere.
            MetricSpec spec = series.spec;
            spec.id = std::to_string(run) + ":" + series.spec.id;
            spec.label = labels[run].toStdString();
            spec.plot = name;
            if (run < series.points.size())
                for (const RunComparison::Point& point : series.points[run]) {
                    MetricRow& row = rows[point.step];
                    row.step = point.step;
                    row.metrics.push_back({spec.id, point.value});
                }
            curves.specs.push_back(std::move(spec));
        }
    }
    for (auto& [step, row] : rows) curves.rows.push_back(std::move(row));
    return curves;
}

}  // namespace pentimento::ui
