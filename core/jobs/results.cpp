// What came of a stored run: its settings, samples and pictures.
#include "core/base/text.h"
#include "core/jobs/kinds.h"

namespace pentimento {

Result<ParamSet> current_params(const Experiment& experiment) {
    Result<Schema> schema = jobs::schema_of(experiment.info().kind);
    if (!schema) return schema.error();
    ParamSet params(*std::move(schema));
    if (auto set = params.from_json(experiment.info().params); !set)
        return Error{set.error().code,
                     "The settings of the run " + to_valid_utf8(experiment.directory().native()) +
                         " cannot be used: " + set.error().message,
                     set.error().detail};
    for (const Event& event : experiment.read_events()) {
        if (event.type != "edit" || !event.data.is_object() || !event.data.contains("id") ||
            !event.data.contains("to") || !event.data["id"].is_string())
            continue;
        const Result<ParamValue> value = param_value_from_json(event.data["to"]);
        // An edit that no longer fits (a damaged line, a setting since removed) is passed over.
        if (value) (void)params.set(event.data["id"].get<std::string>(), *value);
    }
    return params;
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

Result<Frame> latest_picture(const Experiment& experiment) {
    const std::vector<SampleFile> samples = experiment.samples();
    if (samples.empty()) return Error{ErrorCode::NotFound, "This run has no pictures yet.", ""};
    return read_picture(samples.back().path);
}

Json export_settings(const Experiment& experiment, std::int64_t step) {
    const Result<ParamSet> params = current_params(experiment);
    return {{"pentimento", PENTIMENTO_VERSION},
            {"schema", Experiment::kSchemaVersion},
            {"kind", experiment.info().kind},
            {"name", experiment.info().name},
            {"step", step},
            {"params", params ? params->to_json() : experiment.info().params}};
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
