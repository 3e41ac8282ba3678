#include "core/session/experiment.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/text.h"

namespace pentimento {
namespace {

constexpr const char* kMetricsFile = "metrics.jsonl";
constexpr const char* kEventsFile = "events.jsonl";
constexpr const char* kManifest = "manifest.json";

std::string step_name(std::int64_t step) {
    char text[32];
    std::snprintf(text, sizeof text, "step-%08lld", static_cast<long long>(step));
    return text;
}

std::optional<std::int64_t> step_of(const fs::path& path) {
    const std::string stem = path.stem().string();
    if (!stem.starts_with("step-")) return std::nullopt;
    std::int64_t step = 0;
    const auto [end, error] = std::from_chars(stem.data() + 5, stem.data() + stem.size(), step);
    if (error != std::errc() || end != stem.data() + stem.size() || step < 0) return std::nullopt;
    return step;
}

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

std::int64_t integer_or(const Json& object, const char* key, std::int64_t otherwise) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>()
                                                               : otherwise;
}

std::string text_or(const Json& object, const char* key, std::string otherwise = {}) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

const char* severity_name(Severity severity) {
    return severity == Severity::Error     ? "error"
           : severity == Severity::Warning ? "warning"
                                           : "info";
}

/// Entries of a folder whose name is a step, in order of steps.
std::vector<SampleFile> stepped_entries(const fs::path& dir, bool directories) {
    std::vector<SampleFile> found;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(dir, error)) {
        std::error_code ignored;
        if (entry.is_directory(ignored) != directories) continue;
        if (const auto step = step_of(entry.path())) found.push_back({*step, entry.path()});
    }
    std::sort(found.begin(), found.end(),
              [](const SampleFile& a, const SampleFile& b) { return a.step < b.step; });
    return found;
}

/// Size and checksum of every file that a checkpoint consists of.
Status write_manifest(const fs::path& dir, std::int64_t step) {
    Json files = Json::object();
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(dir, error)) {
        Result<MappedFile> file = MappedFile::open(entry.path());
        if (!file) return file.error();
        files[entry.path().filename().string()] = {{"bytes", file->bytes().size()},
                                                   {"xxh3", to_hex(hash64(file->bytes()))}};
    }
    const Json manifest = {{"schema", Experiment::kSchemaVersion},
                           {"step", step},
                           {"saved", timestamp_utc()},
                           {"files", std::move(files)}};
    return write_file_atomically(dir / kManifest, manifest.dump(2) + "\n");
}

Status verify_checkpoint(const fs::path& dir) {
    const auto damaged = [&](const std::string& why) {
        return Error{
            ErrorCode::Corrupt,
            "The checkpoint " + to_valid_utf8(dir.filename().native()) + " is damaged: " + why, ""};
    };
    Result<std::string> text = read_file(dir / kManifest, 1 << 20);
    if (!text) return damaged(text.error().message);
    Result<Json> manifest = parse_json(*text, "its manifest");
    if (!manifest) return damaged(manifest.error().message);
    const auto files = manifest->is_object() ? manifest->find("files") : manifest->end();
    if (!manifest->is_object() || files == manifest->end() || !files->is_object())
        return damaged("its manifest lists no files.");
    for (const auto& [name, entry] : files->items()) {
        if (name.find('/') != std::string::npos || !entry.is_object())
            return damaged("its manifest is not one of ours.");
        Result<MappedFile> file = MappedFile::open(dir / name);
        if (!file) return damaged(file.error().message);
        if (static_cast<std::int64_t>(file->bytes().size()) != integer_or(entry, "bytes", -1) ||
            to_hex(hash64(file->bytes())) != text_or(entry, "xxh3"))
            return damaged(name + " does not match its checksum.");
    }
    return {};
}

}  // namespace

Result<Experiment> Experiment::create(const fs::path& dir, RunInfo info) {
    std::error_code error;
    if (fs::exists(dir, error) && !(fs::is_directory(dir, error) && fs::is_empty(dir, error)))
        return Error{ErrorCode::Conflict,
                     to_valid_utf8(dir.native()) +
                         " exists already and is not empty. Choose a new folder for the run, or "
                         "resume the one in it.",
                     ""};
    for (const char* part : {"samples", "checkpoints"})
        if (Status made = make_directories(dir / part); !made) return made.error();
    if (info.created.empty()) info.created = timestamp_utc();
    const Json json = {
        {"schema", kSchemaVersion},       {"kind", info.kind},     {"name", info.name},
        {"created", info.created},        {"params", info.params}, {"inputs", info.inputs},
        {"environment", info.environment}};
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
                        .environment = json->value("environment", Json())};
    return experiment;
}

fs::path Experiment::fresh_directory(const fs::path& root, std::string_view name) {
    std::string time = timestamp_utc();  // 2026-11-23T12:48:00Z
    std::erase(time, ':');
    std::erase(time, '-');
    time.pop_back();
    std::replace(time.begin(), time.end(), 'T', '-');
    std::string safe;
    for (const char c : name) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        if (plain)
            safe += c;
        else if (!safe.empty() && safe.back() != '-')
            safe += '-';
    }
    while (!safe.empty() && safe.back() == '-') safe.pop_back();
    if (safe.empty()) safe = "run";
    const fs::path base = root / (time + "-" + safe.substr(0, 60));
    fs::path candidate = base;
    std::error_code error;
    for (int i = 2; fs::exists(candidate, error); ++i) {
        candidate = base;
        candidate += "-" + std::to_string(i);
    }
    return candidate;
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
        const std::string severity = text_or(*json, "severity");
        events.push_back({.type = text_or(*json, "type"),
                          .text = text_or(*json, "text"),
                          .step = integer_or(*json, "step", 0),
                          .severity = severity == "error"     ? Severity::Error
                                      : severity == "warning" ? Severity::Warning
                                                              : Severity::Info,
                          .data = json->value("data", Json())});
    }
    return events;
}

fs::path Experiment::sample_path(std::int64_t step) const {
    return dir_ / "samples" / (step_name(step) + ".png");
}

std::vector<SampleFile> Experiment::samples() const {
    return stepped_entries(dir_ / "samples", false);
}

Status Experiment::write_checkpoint(std::int64_t step,
                                    const std::function<Status(const fs::path&)>& fill, int keep) {
    const fs::path root = dir_ / "checkpoints", target = root / step_name(step);
    Result<AtomicDirectory> staged = AtomicDirectory::create(target);
    if (!staged) return staged.error();
    if (Status filled = fill(staged->staging()); !filled) return filled;
    if (Status written = write_manifest(staged->staging(), step); !written) return written;
    std::error_code error;
    if (fs::exists(target, error)) {
        // The same step again (a second snapshot while paused): the state is the same, so the one
        // that is sound stays, and only a damaged one gives way.
        if (verify_checkpoint(target)) return {};
        fs::remove_all(target, error);
    }
    if (Status committed = staged->commit(); !committed) return committed;
    std::vector<SampleFile> all = stepped_entries(root, true);
    for (std::size_t i = 0; i + static_cast<std::size_t>(std::max(keep, 1)) < all.size(); ++i)
        fs::remove_all(all[i].path, error);
    return {};
}

Result<Experiment::Checkpoint> Experiment::latest_checkpoint() const {
    Checkpoint found;
    std::vector<SampleFile> all = stepped_entries(dir_ / "checkpoints", true);
    for (auto entry = all.rbegin(); entry != all.rend(); ++entry) {
        if (Status sound = verify_checkpoint(entry->path); !sound) {
            found.warnings.push_back(sound.error().message);
            continue;
        }
        found.step = entry->step;
        found.dir = entry->path;
        return found;
    }
    std::string message = "The run " + to_valid_utf8(dir_.native()) + " has no usable checkpoint.";
    return Error{ErrorCode::NotFound, message, join(found.warnings, " ")};
}

Status Experiment::rewind_to(std::int64_t step) {
    for (const char* name : {kMetricsFile, kEventsFile}) {
        std::string kept;
        bool dropped = false;
        for (const std::string& line : read_lines(dir_ / name)) {
            const Result<Json> json = parse_json(line, name);
            const bool keep = json && json->is_object() && integer_or(*json, "step", 0) <= step;
            dropped |= !keep;
            if (keep) kept += line + "\n";
        }
        if (dropped)
            if (Status written = write_file_atomically(dir_ / name, kept); !written) return written;
    }
    std::error_code error;
    for (const SampleFile& sample : samples())
        if (sample.step > step) fs::remove(sample.path, error);
    for (const SampleFile& checkpoint : stepped_entries(dir_ / "checkpoints", true))
        if (checkpoint.step > step) fs::remove_all(checkpoint.path, error);
    return {};
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
