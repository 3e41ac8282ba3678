// The folder of a run: run.json and what grows beside it. Checkpoints are in checkpoints.cpp.
#include "core/session/experiment.h"

#include <algorithm>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/session/history.h"
#include "core/session/run_files.h"

namespace pentimento {

using namespace run_files;

namespace {

constexpr const char* kMetricsFile = "metrics.jsonl";
constexpr const char* kEventsFile = "events.jsonl";

std::vector<std::string> read_lines(const fs::path& path) {
    std::vector<std::string> lines;
    const Result<std::string> text = read_file(path);
    if (!text) return lines;
    for (std::size_t begin = 0; begin < text->size();) {
        std::size_t end = text->find('\n', begin);
        if (end == std::string::npos) end = text->size();
        lines.push_back(text->substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

Json source_to_json(const RunSource& source) {
    return {{"run", source.run}, {"step", source.step}};
}

Json source_to_json(const ReplaySource& source) {
    Json json = source_to_json(RunSource{source.run, source.step});
    json["edits"] = Json::array();
    for (const RecordedEdit& edit : source.edits)
        json["edits"].push_back(
            {{"step", edit.step}, {"id", edit.id}, {"to", to_json(edit.value)}});
    return json;
}

std::optional<RunSource> source_in(const Json& run, const char* key) {
    const auto found = run.find(key);
    if (found == run.end() || !found->is_object()) return std::nullopt;
    return RunSource{text_or(*found, "run"), integer_or(*found, "step", 0)};
}

std::optional<ReplaySource> replay_in(const Json& run) {
    const std::optional<RunSource> source = source_in(run, "replay_of");
    if (!source) return std::nullopt;
    ReplaySource replay{source->run, source->step, {}};
    const Json& json = run["replay_of"];
    if (const auto edits = json.find("edits"); edits != json.end() && edits->is_array())
        for (const Json& edit : *edits) {
            if (!edit.is_object() || !edit.contains("to")) continue;
            if (Result<ParamValue> value = param_value_from_json(edit["to"]))
                replay.edits.push_back(
                    {integer_or(edit, "step", 0), text_or(edit, "id"), *std::move(value)});
        }
    return replay;
}

/// Keeps the lines for which `wanted` says so, by number; rewrites the file only if one goes.
Status keep_lines(const fs::path& path, const std::vector<std::string>& lines,
                  const std::vector<bool>& wanted) {
    std::string kept;
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (wanted[i]) kept += lines[i] + "\n";
    if (std::all_of(wanted.begin(), wanted.end(), [](bool keep) { return keep; })) return {};
    return write_file_atomically(path, kept);
}

Event event_from(const Json& json) {
    const std::string severity = text_or(json, "severity");
    return {.type = text_or(json, "type"),
            .text = text_or(json, "text"),
            .step = integer_or(json, "step", 0),
            .severity = severity == "error"     ? Severity::Error
                        : severity == "warning" ? Severity::Warning
                                                : Severity::Info,
            .data = json.value("data", Json())};
}

const char* severity_name(Severity severity) {
    return severity == Severity::Error     ? "error"
           : severity == Severity::Warning ? "warning"
                                           : "info";
}

}  // namespace

Status Experiment::check_free(const fs::path& dir) {
    std::error_code error;
    if (fs::exists(dir, error) && !(fs::is_directory(dir, error) && fs::is_empty(dir, error)))
        return Error{ErrorCode::Conflict,
                     to_valid_utf8(dir.native()) +
                         " exists already and is not empty. Choose a new folder for the run, or "
                         "resume the one in it.",
                     ""};
    return {};
}

Result<Experiment> Experiment::create(const fs::path& dir, RunInfo info) {
    if (Status is_free = check_free(dir); !is_free) return is_free.error();
    for (const char* part : {"samples", "checkpoints"})
        if (Status made = make_directories(dir / part); !made) return made.error();
    if (info.created.empty()) info.created = timestamp_utc();
    Json json = {{"schema", kSchemaVersion},       {"kind", info.kind},     {"name", info.name},
                 {"created", info.created},        {"params", info.params}, {"inputs", info.inputs},
                 {"environment", info.environment}};
    if (info.branched_from) json["branched_from"] = source_to_json(*info.branched_from);
    if (info.weights_from) json["weights_from"] = source_to_json(*info.weights_from);
    if (info.replay_of) json["replay_of"] = source_to_json(*info.replay_of);
    if (Status written = write_file_atomically(dir / "run.json", json.dump(2) + "\n"); !written)
        return written.error();
    Experiment experiment;
    experiment.dir_ = dir;
    experiment.info_ = std::move(info);
    return experiment;
}

Result<Experiment> Experiment::open(const fs::path& dir) {
    const std::string shown = to_valid_utf8(dir.native());
    Result<std::string> text = read_file(dir / "run.json", 16 << 20);
    if (!text) {
        if (text.error().code == ErrorCode::NotFound)
            return Error{ErrorCode::NotFound, shown + " holds no run: it has no run.json.", ""};
        return text.error();
    }
    Result<Json> json = parse_json(*text, shown + "/run.json");
    if (!json) return json.error();
    if (!json->is_object() || !json->contains("params"))
        return Error{ErrorCode::Corrupt, shown + "/run.json does not describe a run.", ""};
    if (const std::int64_t schema = integer_or(*json, "schema", 0);
        schema < 1 || schema > kSchemaVersion)
        return Error{ErrorCode::Unsupported,
                     shown + " was written by a newer version of Pentimento (format " +
                         std::to_string(schema) + "). Please update.",
                     ""};
    Experiment experiment;
    experiment.dir_ = dir;
    experiment.info_ = {.kind = text_or(*json, "kind"),
                        .name = text_or(*json, "name"),
                        .created = text_or(*json, "created"),
                        .params = (*json)["params"],
                        .inputs = json->value("inputs", Json()),
                        .environment = json->value("environment", Json()),
                        .branched_from = source_in(*json, "branched_from"),
                        .weights_from = source_in(*json, "weights_from"),
                        .replay_of = replay_in(*json)};
    return experiment;
}

Status Experiment::append_metrics(const MetricRow& row) {
    Json line = {{"step", row.step}, {"seconds", row.seconds}};
    for (const Metric& metric : row.metrics) line[metric.id] = metric.value;
    return append_line(dir_ / kMetricsFile, line.dump());
}

Status Experiment::append_event(const Event& event) {
    Json line = {{"step", event.step},
                 {"time", timestamp_utc()},
                 {"type", event.type},
                 {"severity", severity_name(event.severity)},
                 {"text", event.text}};
    if (!event.data.is_null()) line["data"] = event.data;
    return append_line(dir_ / kEventsFile,
                       line.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::vector<MetricRow> Experiment::read_metrics() const {
    std::vector<MetricRow> rows;
    for (const std::string& line : read_lines(dir_ / kMetricsFile)) {
        const Result<Json> json = parse_json(line, kMetricsFile);
        if (!json || !json->is_object()) continue;
        MetricRow row;
        for (const auto& [key, value] : json->items()) {
            if (!value.is_number()) continue;  // NaN is written as null
            if (key == "step")
                row.step = value.get<std::int64_t>();
            else if (key == "seconds")
                row.seconds = value.get<double>();
            else
                row.metrics.push_back({key, value.get<double>()});
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<Event> Experiment::read_events() const {
    std::vector<Event> events;
    for (const std::string& line : read_lines(dir_ / kEventsFile)) {
        const Result<Json> json = parse_json(line, kEventsFile);
        if (!json || !json->is_object()) continue;
        events.push_back(event_from(*json));
    }
    return events;
}

fs::path Experiment::sample_path(std::int64_t step) const {
    return dir_ / "samples" / (step_name(step) + ".png");
}

std::vector<SampleFile> Experiment::samples() const {
    return stepped_entries(dir_ / "samples", false);
}

Status Experiment::rewind_to(std::int64_t step) {
    if (Status gone = roll_back_to(step); !gone) return gone;
    const std::vector<std::string> lines = read_lines(dir_ / kEventsFile);
    std::vector<bool> wanted(lines.size(), false);
    std::vector<Event> events;
    std::vector<std::size_t> line_of;
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (const Result<Json> json = parse_json(lines[i], kEventsFile);
            json && json->is_object()) {
            events.push_back(event_from(*json));
            line_of.push_back(i);
        }
    events = settled(std::move(events));
    for (std::size_t i = 0; i < events.size(); ++i) wanted[line_of[i]] = events[i].step <= step;
    return keep_lines(dir_ / kEventsFile, lines, wanted);
}

Status Experiment::roll_back_to(std::int64_t step) {
    // The newest first, so that whatever stops this leaves a record without gaps.
    std::error_code error;
    const std::vector<SampleFile> all = stepped_entries(dir_ / "checkpoints", true);
    for (auto old = all.rbegin(); old != all.rend() && old->step > step; ++old)
        if (fs::remove_all(old->path, error); error)
            return Error{ErrorCode::Io,
                         "The checkpoint " + to_valid_utf8(old->path.native()) +
                             ", which the run went back from, could not be removed. Remove it by "
                             "hand before resuming.",
                         error.message()};
    for (const SampleFile& sample : samples())
        if (sample.step > step) fs::remove(sample.path, error);
    const std::vector<std::string> lines = read_lines(dir_ / kMetricsFile);
    std::vector<bool> wanted;
    for (const std::string& line : lines) {
        const Result<Json> json = parse_json(line, kMetricsFile);
        wanted.push_back(json && json->is_object() && integer_or(*json, "step", 0) <= step);
    }
    return keep_lines(dir_ / kMetricsFile, lines, wanted);
}

std::vector<Experiment> list_experiments(const fs::path& root) {
    std::vector<Experiment> found;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(root, error)) {
        std::error_code ignored;
        if (!entry.is_directory(ignored) || entry.path().filename().native().starts_with('.'))
            continue;
        if (Result<Experiment> experiment = Experiment::open(entry.path()))
            found.push_back(*std::move(experiment));
    }
    std::sort(found.begin(), found.end(), [](const Experiment& a, const Experiment& b) {
        return a.info().created > b.info().created;
    });
    return found;
}

}  // namespace pentimento
