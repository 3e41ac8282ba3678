// Starting and resuming runs.
#include "core/base/text.h"
#include "core/jobs/kinds.h"
#include "core/style/style_run.h"

namespace pentimento {
namespace {

/// Copies a picture as it is, under a plain name that keeps its extension.
Result<std::string> copy_input(const fs::path& from, const fs::path& folder,
                               const std::string& stem) {
    Result<std::string> bytes = read_file(from);
    if (!bytes) return bytes.error();
    const std::string name = stem + from.extension().string();
    if (Status written = write_file_atomically(folder / name, *bytes); !written)
        return written.error();
    return name;
}

Result<PreparedRun> prepared(Experiment experiment, const ParamSet& params) {
    Result<Worker::Factory> factory = jobs::factory_for(experiment, params, {});
    if (!factory) return factory.error();
    return PreparedRun{*std::move(factory), jobs::options_for(params, std::move(experiment))};
}

}  // namespace

Result<PreparedRun> prepare_training(const ParamSet& params, const fs::path& pack,
                                     const fs::path& dir, const std::string& name) {
    Result<PackedDataset> data = PackedDataset::open(pack);
    if (!data) return data.error();
    const PackInfo& info = data->info();
    // Found out before a folder is made for a run that could never start.
    ParamSet fitted = params;
    if (Status fits = gan::fit_to_dataset(fitted, info); !fits) return fits.error();
    std::error_code ignored;
    Result<Experiment> experiment =
        Experiment::create(dir, {.kind = "gan",
                                 .name = name,
                                 .params = fitted.to_json(),
                                 .inputs = {{"dataset", fs::absolute(pack, ignored).string()},
                                            {"dataset_name", info.name},
                                            {"fingerprint", info.fingerprint},
                                            {"count", info.count}},
                                 .environment = gan::environment()});
    if (!experiment) return experiment.error();
    return prepared(*std::move(experiment), fitted);
}

Result<PreparedRun> prepare_style(const StyleRequest& request, const fs::path& dir,
                                  const std::string& name) {
    if (request.styles.empty() ||
        request.styles.size() > static_cast<std::size_t>(style::kMaxStyles))
        return Error{
            ErrorCode::InvalidArgument,
            "Style transfer needs one to " + std::to_string(style::kMaxStyles) + " style pictures.",
            ""};
    if (Result<std::string> kind = style::identify_weights(request.weights); !kind)
        return kind.error();
    // Read once before anything is written, so that a wrong file leaves no half-made run behind.
    std::vector<fs::path> pictures = request.styles;
    pictures.push_back(request.content);
    if (request.start) pictures.push_back(*request.start);
    for (const fs::path& path : pictures) {
        Result<std::string> bytes = read_file(path, ReadLimits{}.max_file_bytes);
        if (!bytes) return bytes.error();
        const auto header = probe_picture(std::as_bytes(std::span(bytes->data(), bytes->size())),
                                          to_valid_utf8(path.filename().native()));
        if (!header) return header.error();
    }
    const fs::path folder = dir / "inputs";
    Json inputs = {{"weights", fs::absolute(request.weights).string()}, {"styles", Json::array()}};
    inputs["content"] = "content" + request.content.extension().string();
    inputs["content_name"] = to_valid_utf8(request.content.filename().native());
    for (std::size_t i = 0; i < request.styles.size(); ++i)
        inputs["styles"].push_back("style-" + std::to_string(i + 1) +
                                   request.styles[i].extension().string());
    if (request.start) inputs["start"] = "start" + request.start->extension().string();

    Result<Experiment> experiment = Experiment::create(dir, {.kind = "style",
                                                             .name = name,
                                                             .params = request.params.to_json(),
                                                             .inputs = inputs,
                                                             .environment = gan::environment()});
    if (!experiment) return experiment.error();
    if (Status made = make_directories(folder); !made) return made.error();
    if (auto copied = copy_input(request.content, folder, "content"); !copied)
        return copied.error();
    for (std::size_t i = 0; i < request.styles.size(); ++i)
        if (auto copied = copy_input(request.styles[i], folder, "style-" + std::to_string(i + 1));
            !copied)
            return copied.error();
    if (request.start)
        if (auto copied = copy_input(*request.start, folder, "start"); !copied)
            return copied.error();
    return prepared(*std::move(experiment), request.params);
}

Result<PreparedRun> prepare_resume(const fs::path& dir, std::optional<std::int64_t> total_steps,
                                   const Patch& overrides, const ResumeSources& sources) {
    Result<Experiment> experiment = Experiment::open(dir);
    if (!experiment) return experiment.error();
    const Result<Experiment::Checkpoint> checkpoint = experiment->latest_checkpoint();
    const std::int64_t step = checkpoint ? checkpoint->step : 0;

    Patch changes = overrides;
    if (total_steps) changes["steps"] = *total_steps;
    // What comes after the checkpoint will happen again; its record must not stand there twice.
    // Checked before anything is changed on disk.
    Result<ParamSet> wanted = current_params(*experiment);
    if (!wanted) return wanted.error();
    if (Status applied = wanted->apply(changes); !applied) return applied.error();
    if (const auto* end = std::get_if<std::int64_t>(&wanted->value("steps")); end && *end <= step)
        return Error{ErrorCode::InvalidArgument,
                     "The run has reached its end at step " + format_count(step) +
                         ". Set a higher number of steps to go on.",
                     ""};
    if (Result<Worker::Factory> possible = jobs::factory_for(*experiment, *wanted, sources);
        !possible)
        return possible.error();
    if (Status rewound = experiment->rewind_to(step); !rewound) return rewound.error();

    wanted = current_params(*experiment);  // without the edits that were just dropped
    if (!wanted) return wanted.error();
    const ParamSet before = *wanted;
    if (Status applied = wanted->apply(changes); !applied) return applied.error();
    for (const ParamSet::Difference& change : wanted->difference_from(before)) {
        const Event edit{
            .type = "edit",
            .text = change.spec->label + ": " + to_text(change.from) + " → " + to_text(change.to),
            .step = step,
            .data = {{"id", change.spec->id},
                     {"from", to_json(change.from)},
                     {"to", to_json(change.to)}}};
        if (Status logged = experiment->append_event(edit); !logged) return logged.error();
    }

    Result<Worker::Factory> make = jobs::factory_for(*experiment, *wanted, sources);
    if (!make) return make.error();
    PreparedRun run;
    run.options = jobs::options_for(*wanted, *experiment);
    if (const auto rows = experiment->read_metrics(); !rows.empty())
        run.options.elapsed_before = rows.back().seconds;
    if (!checkpoint) {
        run.factory = *std::move(make);
        return run;
    }
    run.factory = [make = *std::move(make), from = checkpoint->dir,
                   wanted = *wanted]() -> Result<std::unique_ptr<Run>> {
        Result<std::unique_ptr<Run>> run = make();
        if (!run) return run;
        if (Status restored = (*run)->restore(from); !restored) return restored.error();
        // The checkpoint may be older than the last edits: what is live is set again.
        Patch late;
        for (const ParamSet::Difference& change : wanted.difference_from((*run)->params()))
            if (change.spec->apply == Apply::Live) late[change.spec->id] = change.to;
        if (!late.empty())
            if (Status applied = (*run)->apply(late); !applied) return applied.error();
        return run;
    };
    return run;
}

}  // namespace pentimento
