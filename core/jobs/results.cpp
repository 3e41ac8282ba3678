// What came of a stored run: its settings, samples and pictures.
#include <limits>

#include "core/base/text.h"
#include "core/jobs/kinds.h"

namespace pentimento {

Result<ParamSet> current_params(const Experiment& experiment) {
    return params_at(experiment, std::numeric_limits<std::int64_t>::max());
}

Result<ParamSet> params_at(const Experiment& experiment, std::int64_t step) {
    Result<jobs::Kind> kind = jobs::find_kind(experiment.info().kind);
    if (!kind) return kind.error();
    ParamSet params(kind->schema());
    if (auto set = params.from_json(experiment.info().params); !set)
        return Error{set.error().code,
                     "The settings of the run " + to_valid_utf8(experiment.directory().native()) +
                         " cannot be used: " + set.error().message,
                     set.error().detail};
    // An edit that no longer fits (a setting since removed) is passed over.
    for (const RecordedEdit& edit : recorded_edits(experiment.read_events()))
        if (edit.step <= step) (void)params.set(edit.id, edit.value);
    return params;
}

Json inputs_at(const Experiment& experiment, std::int64_t step) {
    Json inputs = experiment.info().inputs;
    if (!inputs.is_object()) return inputs;
    for (const Event& event : settled(experiment.read_events()))
        if (event.type == "inputs" && event.step <= step && event.data.is_object())
            for (const auto& [key, value] : event.data.items()) inputs[key] = value;
    return inputs;
}

Result<Preview> sample_run(const fs::path& dir, const gan::SampleRequest& request) {
    Result<Experiment> experiment = Experiment::open(dir);
    if (!experiment) return experiment.error();
    if (experiment->info().kind != "gan")
        return Error{ErrorCode::Unsupported,
                     "Samples come from GAN runs; " + to_valid_utf8(dir.native()) + " is a " +
                         experiment->info().kind + " run.",
                     ""};
    Result<ParamSet> params = current_params(*experiment);
    if (!params) return params.error();
    Result<Experiment::Checkpoint> checkpoint = experiment->latest_checkpoint();
    if (!checkpoint) return checkpoint.error();
    Result<Preview> preview = gan::sample(*params, checkpoint->dir, request);
    if (preview) preview->step = checkpoint->step;
    return preview;
}

Result<RunEvaluation> evaluate_run(const fs::path& dir, const gan::EvaluationRequest& request,
                                   bool best, const fs::path& pack) {
    Result<Experiment> experiment = Experiment::open(dir);
    if (!experiment) return experiment.error();
    if (experiment->info().kind != "gan")
        return Error{ErrorCode::Unsupported,
                     "Only GAN runs can be evaluated; " + to_valid_utf8(dir.native()) + " is a " +
                         experiment->info().kind + " run.",
                     ""};
    Result<ParamSet> params = current_params(*experiment);
    if (!params) return params.error();
    const Json& inputs = experiment->info().inputs;
    const fs::path where = !pack.empty() ? pack : fs::path(inputs.value("dataset", std::string()));
    Result<PackedDataset> data = PackedDataset::open(where);
    if (!data) return data.error();
    if (inputs.value("fingerprint", std::string()) != data->info().fingerprint)
        return Error{ErrorCode::Conflict,
                     to_valid_utf8(where.native()) +
                         " is not the dataset that this run was trained on. Name the right one.",
                     ""};
    Result<Experiment::Checkpoint> checkpoint =
        best ? experiment->best_checkpoint() : experiment->latest_checkpoint();
    if (!checkpoint) return checkpoint.error();
    const auto figures = gan::evaluate(*params, *data, checkpoint->dir, request);
    if (!figures) return figures.error();
    return RunEvaluation{checkpoint->step, *figures};
}

Result<Frame> latest_picture(const Experiment& experiment) {
    const std::vector<SampleFile> samples = experiment.samples();
    if (samples.empty()) return Error{ErrorCode::NotFound, "This run has no pictures yet.", ""};
    return read_picture(samples.back().path);
}

namespace {
Json settings_json(const std::string& kind, const std::string& name, std::int64_t step,
                   Json params) {
    return {{"pentimento", PENTIMENTO_VERSION},
            {"schema", Experiment::kSchemaVersion},
            {"kind", kind},
            {"name", name},
            {"step", step},
            {"params", std::move(params)}};
}
}  // namespace

Json export_settings(const Experiment& experiment, std::int64_t step) {
    const Result<ParamSet> params = current_params(experiment);
    return settings_json(experiment.info().kind, experiment.info().name, step,
                         params ? params->to_json() : experiment.info().params);
}

Json export_settings(const std::string& kind, const std::string& name, std::int64_t step,
                     const ParamSet& params) {
    return settings_json(kind, name, step, params.to_json());
}

std::string readable_settings(const Json& settings) {
    if (!settings.is_object()) return {};
    std::vector<std::string> parts;
    const auto add = [&](const Json& object, const char* key, const char* prefix,
                         const char* suffix) {
        const auto found = object.find(key);
        if (found == object.end()) return;
        if (found->is_string())
            parts.push_back(prefix + found->get<std::string>() + suffix);
        else if (found->is_number())
            parts.push_back(prefix + found->dump() + suffix);
    };
    if (settings.contains("params") && settings["params"].is_object()) {
        const Json& params = settings["params"];
        for (const char* key : {"arch", "loss", "features", "optimiser"}) add(params, key, "", "");
        add(params, "size", "", " px");
        add(params, "seed", "seed ", "");
    }
    add(settings, "step", "step ", "");
    add(settings, "pentimento", "Pentimento ", "");
    return join(parts, ", ");
}

}  // namespace pentimento
