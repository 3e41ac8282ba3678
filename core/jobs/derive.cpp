// Runs that begin with another: its weights, one of its checkpoints, or the whole of its record.
#include <algorithm>

#include "core/base/text.h"
#include "core/jobs/kinds.h"

namespace pentimento {
namespace jobs {

Status copy_folder(const fs::path& from, const fs::path& to, const std::string& leave_out) {
    std::error_code error;
    if (!fs::exists(from, error)) return {};
    if (Status made = make_directories(to); !made) return made;
    for (const fs::directory_entry& entry : fs::directory_iterator(from, error)) {
        const fs::path name = entry.path().filename();
        if (name == leave_out) continue;
        fs::copy(entry.path(), to / name, fs::copy_options::recursive, error);
        if (error) break;
    }
    if (error)
        return Error{ErrorCode::Io,
                     "Could not copy " + to_valid_utf8(from.native()) + " to " +
                         to_valid_utf8(to.native()) + ".",
                     error.message()};
    return {};
}

Result<Experiment> create_run(const fs::path& dir, RunInfo info,
                              const std::function<Status(const fs::path&)>& fill) {
    if (Status is_free = Experiment::check_free(dir); !is_free) return is_free.error();
    std::error_code ignored;
    const fs::path target = fs::absolute(dir, ignored).lexically_normal();
    const fs::path place = target.has_filename() ? target : target.parent_path();
    if (Status made = make_directories(place.parent_path()); !made) return made.error();
    Result<AtomicDirectory> staged = AtomicDirectory::create(place);
    if (!staged) return staged.error();
    Result<Experiment> begun = Experiment::create(staged->staging(), std::move(info));
    if (!begun) return begun;
    if (Status filled = fill(staged->staging()); !filled) return filled.error();
    if (Status committed = staged->commit(); !committed) return committed.error();
    return Experiment::open(dir);
}

Result<PreparedRun> start_run(const fs::path& dir, RunInfo info, const ParamSet& params,
                              const std::optional<WeightsFrom>& from,
                              const std::function<Status(const fs::path&)>& fill) {
    info.params = params.to_json();
    if (!from) {
        Result<Experiment> experiment = fill ? create_run(dir, std::move(info), fill)
                                             : Experiment::create(dir, std::move(info));
        if (!experiment) return experiment.error();
        return prepared(*std::move(experiment), params, std::nullopt, {});
    }
    Result<Experiment> source = Experiment::open(from->run);
    if (!source) return source.error();
    if (source->info().kind != info.kind)
        return Error{ErrorCode::Unsupported,
                     to_valid_utf8(from->run.native()) + " is a " + source->info().kind +
                         " run; a " + info.kind + " run cannot begin with its weights.",
                     ""};
    Result<Experiment::Checkpoint> checkpoint = source->find_checkpoint(from->at);
    if (!checkpoint) return checkpoint.error();
    std::error_code ignored;
    info.weights_from =
        RunSource{to_valid_utf8(fs::absolute(from->run, ignored).native()), checkpoint->step};
    Result<Experiment> experiment =
        create_run(dir, std::move(info), [&](const fs::path& run) -> Status {
            if (Status copied = copy_folder(checkpoint->dir, run / kWeightsFolder); !copied)
                return copied;
            return fill ? fill(run) : Status();
        });
    if (!experiment) return experiment.error();
    return prepared(*std::move(experiment), params, std::nullopt, {});
}

namespace {

/// The step that the record ends with: what was undone and what a crash lost do not count.
std::int64_t last_step_of(const Experiment& experiment) {
    std::int64_t last = 0;
    if (const auto checkpoint = experiment.latest_checkpoint()) last = checkpoint->step;
    for (const MetricRow& row : experiment.read_metrics()) last = std::max(last, row.step);
    for (const Event& event : settled(experiment.read_events())) last = std::max(last, event.step);
    return last;
}

/// Where the dataset or the weights are now, if the person named another place.
Json with_sources(Json inputs, const ResumeSources& sources) {
    std::error_code ignored;
    if (!inputs.is_object()) return inputs;
    if (!sources.pack.empty()) inputs["dataset"] = fs::absolute(sources.pack, ignored).string();
    if (!sources.weights.empty())
        inputs["weights"] = fs::absolute(sources.weights, ignored).string();
    return inputs;
}

}  // namespace
}  // namespace jobs

Result<PreparedRun> prepare_branch(const fs::path& source_dir, const CheckpointChoice& at,
                                   const fs::path& dir, const std::string& name,
                                   const Patch& overrides, const ResumeSources& sources) {
    Result<Experiment> source = Experiment::open(source_dir);
    if (!source) return source.error();
    Result<Experiment::Checkpoint> checkpoint = source->find_checkpoint(at);
    if (!checkpoint) return checkpoint.error();
    Result<ParamSet> params = params_at(*source, checkpoint->step);
    if (!params) return params.error();
    if (Status applied = params->apply(overrides); !applied) return applied.error();
    if (const auto* end = std::get_if<std::int64_t>(&params->value("steps"));
        end && *end <= checkpoint->step)
        return Error{ErrorCode::InvalidArgument,
                     "The branch would begin at step " + format_count(checkpoint->step) +
                         ", where it ends already. Set a higher number of steps.",
                     ""};
    // Found out before a folder is made for a run that could never start.
    if (auto possible = jobs::factory_for(*source, *params, *checkpoint, sources); !possible)
        return possible.error();

    std::error_code ignored;
    const std::string origin = to_valid_utf8(fs::absolute(source_dir, ignored).native());
    RunInfo info{.kind = source->info().kind,
                 .name = name,
                 .params = params->to_json(),
                 .inputs = jobs::with_sources(inputs_at(*source, checkpoint->step), sources),
                 .environment = gan::environment()};
    info.branched_from = RunSource{origin, checkpoint->step};
    Result<Experiment> branch =
        jobs::create_run(dir, std::move(info), [&](const fs::path& run) -> Status {
            const fs::path weights = fs::path(jobs::kWeightsFolder).filename();
            if (Status copied = jobs::copy_folder(source->directory() / "inputs", run / "inputs",
                                                  weights.string());
                !copied)
                return copied;
            return jobs::copy_folder(checkpoint->dir,
                                     run / "checkpoints" / checkpoint->dir.filename());
        });
    if (!branch) return branch.error();
    if (Status logged =
            branch->append_event({.type = "branched",
                                  .text = "Branched from " + source->info().name + " at step " +
                                          format_count(checkpoint->step) + ".",
                                  .step = checkpoint->step,
                                  .data = {{"run", origin}, {"step", checkpoint->step}}});
        !logged)
        return logged.error();
    Result<Experiment::Checkpoint> own = branch->latest_checkpoint();
    if (!own) return own.error();
    return jobs::prepared(*std::move(branch), *params, *own, {});
}

Result<PreparedRun> prepare_replay(const fs::path& source_dir, const fs::path& dir,
                                   const std::string& name, const ResumeSources& sources) {
    Result<Experiment> source = Experiment::open(source_dir);
    if (!source) return source.error();
    std::optional<Experiment::Checkpoint> origin;
    if (const auto& branched = source->info().branched_from) {
        Result<Experiment::Checkpoint> first =
            source->find_checkpoint(CheckpointChoice::at(branched->step));
        if (!first) return first.error();
        origin = *std::move(first);
    }
    const std::int64_t begin = origin ? origin->step : 0;
    std::error_code ignored;
    ReplaySource replay{to_valid_utf8(fs::absolute(source_dir, ignored).native()),
                        jobs::last_step_of(*source), recorded_edits(source->read_events())};
    if (replay.step <= begin)
        return Error{ErrorCode::InvalidArgument,
                     to_valid_utf8(source_dir.native()) +
                         " has done no steps yet, so there is nothing to replay.",
                     ""};
    // Edits before the first step are where it starts from.
    Result<ParamSet> params = params_at(*source, begin);
    if (!params) return params.error();
    std::erase_if(replay.edits, [&](const RecordedEdit& edit) { return edit.step <= begin; });
    if (auto possible = jobs::factory_for(*source, *params, origin, sources); !possible)
        return possible.error();

    RunInfo info{.kind = source->info().kind,
                 .name = name,
                 .params = params->to_json(),
                 .inputs = jobs::with_sources(source->info().inputs, sources),
                 .environment = gan::environment()};
    info.branched_from = source->info().branched_from;
    info.weights_from = source->info().weights_from;
    info.replay_of = std::move(replay);
    Result<Experiment> again =
        jobs::create_run(dir, std::move(info), [&](const fs::path& run) -> Status {
            if (Status copied = jobs::copy_folder(source->directory() / "inputs", run / "inputs");
                !copied || !origin)
                return copied;
            return jobs::copy_folder(origin->dir, run / "checkpoints" / origin->dir.filename());
        });
    if (!again) return again.error();
    if (origin) {
        Result<Experiment::Checkpoint> own = again->latest_checkpoint();
        if (!own) return own.error();
        origin = *std::move(own);
    }
    return jobs::prepared(*std::move(again), *params, origin, {});
}

}  // namespace pentimento
