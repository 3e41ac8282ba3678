// Reads the folder of every run for the table.
#include <QFileInfo>
#include <system_error>

#include "core/base/text.h"
#include "core/jobs/jobs.h"
#include "ui/models/runs_model.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {

constexpr int kThumbnailEdge = 128;

quint64 bytes_below(const std::filesystem::path& dir) {
    quint64 total = 0;
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator it(dir, error), end; !error && it != end;
         it.increment(error)) {
        std::error_code ignored;  // a file that vanishes meanwhile counts nothing
        if (it->is_regular_file(ignored)) {
            const auto size = it->file_size(ignored);
            if (!ignored) total += size;
        }
    }
    return total;
}

QString string_in(const Json& object, const char* key) {
    if (!object.is_object() || !object.contains(key) || !object[key].is_string()) return {};
    return QString::fromStdString(object[key].get<std::string>());
}

QString source_of(const RunInfo& info) {
    if (info.kind == "gan") {
        const QString name = string_in(info.inputs, "dataset_name");
        return name.isEmpty() ? QFileInfo(string_in(info.inputs, "dataset")).completeBaseName() : name;
    }
    return string_in(info.inputs, "content_name");
}

std::optional<double> shown_loss(const MetricRow& row) {
    for (const char* id : {"loss_g", "total_loss"})
        for (const Metric& metric : row.metrics)
            if (metric.id == id) return metric.value;
    return std::nullopt;
}

}  // namespace

std::vector<RunRow> scan_runs(const std::filesystem::path& root) {
    std::vector<RunRow> rows;
    for (const Experiment& experiment : list_experiments(root)) {
        const RunInfo& info = experiment.info();
        RunRow row;
        row.directory = QString::fromStdString(to_valid_utf8(experiment.directory().native()));
        row.name = QString::fromStdString(info.name);
        row.kind = QString::fromStdString(info.kind);
        row.source = source_of(info);
        row.created = QDateTime::fromString(QString::fromStdString(info.created), Qt::ISODate);
        const auto metrics = experiment.read_metrics();
        if (!metrics.empty()) {
            row.steps = metrics.back().step;
            row.loss = shown_loss(metrics.back());
        }
        row.bytes = bytes_below(experiment.directory());
        row.settings =
            QString::fromStdString(readable_settings(export_settings(experiment, row.steps)));
        if (const auto picture = latest_picture(experiment))
            row.thumbnail = to_image(resize_to_edge(*picture, kThumbnailEdge)).copy();
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace pentimento::ui
