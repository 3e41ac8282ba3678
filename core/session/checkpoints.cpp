// The checkpoints of a run: written as a whole, checked before use, the last few and the best kept.
// Which one is best follows from the scores in their manifests, so there is no second record of it
// that a crash could leave behind.
#include <algorithm>
#include <cmath>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/session/run_files.h"

namespace pentimento {

using namespace run_files;

namespace {

constexpr const char* kManifest = "manifest.json";
constexpr std::uint64_t kMaxManifest = 1 << 20;

/// Size and checksum of every file that a checkpoint consists of. A score that is NaN is none.
Status write_manifest(const fs::path& dir, std::int64_t step, double score) {
    Json files = Json::object();
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(dir, error)) {
        Result<MappedFile> file = MappedFile::open(entry.path());
        if (!file) return file.error();
        files[entry.path().filename().string()] = {{"bytes", file->bytes().size()},
                                                   {"xxh3", to_hex(hash64(file->bytes()))}};
    }
    Json manifest = {
        {"schema", Experiment::kSchemaVersion}, {"step", step}, {"saved", timestamp_utc()}};
    if (std::isfinite(score)) manifest["score"] = score;
    manifest["files"] = std::move(files);
    return write_file_atomically(dir / kManifest, manifest.dump(2) + "\n");
}

Status verify_checkpoint(const fs::path& dir) {
    const auto damaged = [&](const std::string& why) {
        return Error{
            ErrorCode::Corrupt,
            "The checkpoint " + to_valid_utf8(dir.filename().native()) + " is damaged: " + why, ""};
    };
    Result<std::string> text = read_file(dir / kManifest, kMaxManifest);
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

std::optional<double> score_in(const std::string& manifest) {
    const Result<Json> json = parse_json(manifest, kManifest);
    if (!json || !json->is_object()) return std::nullopt;
    const auto found = json->find("score");
    if (found == json->end() || !found->is_number()) return std::nullopt;
    return found->get<double>();
}

struct Listed {
    Experiment::Checkpoint checkpoint;
    bool unread = false;  ///< the system would not show its manifest just now
};

/// By step. Manifests are read, contents are not looked at.
std::vector<Listed> list_checkpoints(const fs::path& root) {
    std::vector<Listed> all;
    Listed* best = nullptr;
    const std::vector<SampleFile> entries = stepped_entries(root, true);
    all.reserve(entries.size());
    for (const SampleFile& entry : entries) {
        Listed& listed = all.emplace_back();
        listed.checkpoint.step = entry.step;
        listed.checkpoint.dir = entry.path;
        const Result<std::string> text = read_file(entry.path / kManifest, kMaxManifest);
        listed.unread = !text && text.error().code != ErrorCode::NotFound;
        if (text) listed.checkpoint.score = score_in(*text);
        if (listed.checkpoint.score &&
            (!best || *listed.checkpoint.score < *best->checkpoint.score))
            best = &listed;
    }
    if (best) best->checkpoint.best = true;
    return all;
}

}  // namespace

Result<CheckpointChoice> CheckpointChoice::parse(std::string_view text) {
    if (text == "latest") return latest();
    if (text == "best") return best();
    std::int64_t step = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), step);
    if (error != std::errc() || end != text.data() + text.size() || step < 0)
        return Error{
            ErrorCode::InvalidArgument,
            "'" + std::string(text) + "' names no checkpoint: give a step, 'best' or 'latest'.",
            ""};
    return at(step);
}

Status Experiment::write_checkpoint(std::int64_t step,
                                    const std::function<Status(const fs::path&)>& fill,
                                    std::optional<double> score, int keep) {
    const fs::path root = dir_ / "checkpoints", target = root / step_name(step);
    Result<AtomicDirectory> staged = AtomicDirectory::create(target);
    if (!staged) return staged.error();
    if (Status filled = fill(staged->staging()); !filled) return filled;
    if (Status written = write_manifest(staged->staging(), step, score.value_or(NAN)); !written)
        return written;
    std::error_code error;
    if (fs::exists(target, error)) {
        // The same step again (a second snapshot while paused): the state is the same, so the one
        // that is sound stays, and only a damaged one gives way.
        if (verify_checkpoint(target)) return {};
        fs::remove_all(target, error);
    }
    if (Status committed = staged->commit(); !committed) return committed;
    // Only now may older ones go. One whose manifest cannot be read at the moment may be the best.
    const std::vector<Listed> all = list_checkpoints(root);
    for (std::size_t i = 0; i + static_cast<std::size_t>(std::max(keep, 1)) < all.size(); ++i) {
        const Checkpoint& old = all[i].checkpoint;
        const bool origin = info_.branched_from && info_.branched_from->step == old.step;
        if (!old.best && !origin && !all[i].unread) fs::remove_all(old.dir, error);
    }
    return {};
}

std::vector<Experiment::Checkpoint> Experiment::checkpoints() const {
    std::vector<Checkpoint> all;
    for (Listed& listed : list_checkpoints(dir_ / "checkpoints"))
        all.push_back(std::move(listed.checkpoint));
    return all;
}

Result<Experiment::Checkpoint> Experiment::first_sound(std::vector<Checkpoint> candidates,
                                                       const std::string& missing) const {
    std::vector<std::string> warnings;
    for (Checkpoint& candidate : candidates) {
        if (Status sound = verify_checkpoint(candidate.dir); !sound) {
            warnings.push_back(sound.error().message);
            continue;
        }
        candidate.warnings = std::move(warnings);
        return std::move(candidate);
    }
    return Error{ErrorCode::NotFound, "The run " + to_valid_utf8(dir_.native()) + " has " + missing,
                 join(warnings, " ")};
}

Result<Experiment::Checkpoint> Experiment::latest_checkpoint() const {
    std::vector<Checkpoint> all = checkpoints();
    std::reverse(all.begin(), all.end());
    return first_sound(std::move(all), "no usable checkpoint.");
}

Result<Experiment::Checkpoint> Experiment::best_checkpoint() const {
    std::vector<Checkpoint> all = checkpoints();
    std::erase_if(all, [](const Checkpoint& one) { return !one.score; });
    std::stable_sort(all.begin(), all.end(),
                     [](const Checkpoint& a, const Checkpoint& b) { return *a.score < *b.score; });
    return first_sound(std::move(all),
                       "no usable checkpoint with a score, so none of them is known to be best.");
}

Result<Experiment::Checkpoint> Experiment::find_checkpoint(const CheckpointChoice& choice) const {
    if (choice.which == CheckpointChoice::Which::Latest) return latest_checkpoint();
    if (choice.which == CheckpointChoice::Which::Best) return best_checkpoint();
    std::vector<Checkpoint> all = checkpoints();
    std::vector<std::string> steps;
    for (const Checkpoint& one : all) steps.push_back(std::to_string(one.step));
    std::erase_if(all, [&](const Checkpoint& one) { return one.step != choice.step; });
    return first_sound(std::move(all),
                       "no usable checkpoint of step " + std::to_string(choice.step) +
                           (steps.empty() ? "." : "; there are: " + join(steps, ", ") + "."));
}

}  // namespace pentimento
