// The kinds of stored runs, and the way from a folder to a Run.
#include "core/jobs/kinds.h"

#include <limits>

#include "core/base/text.h"
#include "core/session/replay_run.h"
#include "core/style/style_run.h"
#include "core/style/train/style_training.h"

namespace pentimento::jobs {
namespace {

std::string text_of(const Json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<Maker> gan_maker(const Experiment& experiment, const ResumeSources& sources) {
    const Json& inputs = experiment.info().inputs;
    const fs::path pack =
        sources.pack.empty() ? fs::path(text_of(inputs, "dataset")) : sources.pack;
    Result<PackedDataset> data = PackedDataset::open(pack);
    if (!data) {
        if (data.error().code != ErrorCode::NotFound) return data.error();
        return Error{
            ErrorCode::NotFound,
            "The dataset of this run, " + to_valid_utf8(pack.native()) +
                ", is no longer there. Put it back, or import it again and name the new file.",
            data.error().detail};
    }
    if (const std::string wanted = text_of(inputs, "fingerprint");
        wanted != data->info().fingerprint)
        return Error{ErrorCode::Conflict,
                     to_valid_utf8(pack.native()) +
                         " is not the dataset that this run was trained on: its contents differ. "
                         "Start a new run for it.",
                     "expected " + wanted + ", found " + data->info().fingerprint};
    return Maker(
        [data = *std::move(data)](const ParamSet& params) { return gan::make_run(params, data); });
}

Result<Maker> style_maker(const Experiment& experiment, const ResumeSources& sources) {
    const Json inputs = inputs_at(experiment, std::numeric_limits<std::int64_t>::max());
    const fs::path folder = experiment.directory() / "inputs";
    const fs::path weights =
        sources.weights.empty() ? fs::path(text_of(inputs, "weights")) : sources.weights;
    const auto files = [&](const char* key) {
        std::vector<fs::path> paths;
        if (inputs.is_object() && inputs.contains(key) && inputs[key].is_array())
            for (const Json& name : inputs[key])
                if (name.is_string()) {
                    const fs::path file = fs::path(name.get<std::string>()).filename();
                    paths.push_back(file.empty() ? fs::path() : folder / file);
                }
        return paths;
    };
    const std::vector<fs::path> styles = files("styles"), masks = files("masks");
    const fs::path content = folder / fs::path(text_of(inputs, "content")).filename();
    const std::string start = text_of(inputs, "start");
    style::InstantNetworks networks;
    for (const auto& [key, file] : style::InstantNetworks::named(networks))
        *file = text_of(inputs, key);
    // Decoding takes a moment, so it happens on the worker's thread.
    return Maker([=](const ParamSet& params) -> Result<std::unique_ptr<Run>> {
        style::StyleInputs pictures;
        pictures.weights = weights;
        pictures.networks = networks;
        Result<Frame> frame = read_picture(content);
        if (!frame) return frame.error();
        pictures.content = *std::move(frame);
        for (const fs::path& path : styles) {
            Result<Frame> style = read_picture(path);
            if (!style) return style.error();
            pictures.styles.push_back(*std::move(style));
        }
        for (const fs::path& path : masks) {
            pictures.masks.emplace_back();
            if (path.empty()) continue;
            Result<Frame> mask = read_picture(path);
            if (!mask) return mask.error();
            pictures.masks.back() = *std::move(mask);
        }
        if (!start.empty()) {
            Result<Frame> picture = read_picture(folder / fs::path(start).filename());
            if (!picture) return picture.error();
            pictures.start = *std::move(picture);
        }
        return style::make_run(params, std::move(pictures));
    });
}

Result<Maker> style_training_maker(const Experiment& experiment, const ResumeSources& sources) {
    const Json& inputs = experiment.info().inputs;
    const auto path_of = [&](const char* key) { return fs::path(text_of(inputs, key)); };
    Result<PackedDataset> pictures =
        PackedDataset::open(sources.pack.empty() ? path_of("dataset") : sources.pack);
    if (!pictures) return pictures.error();
    style::train::Inputs sources_of_learning{.pictures = *std::move(pictures)};
    if (const fs::path styles = path_of("styles"); !styles.empty()) {
        Result<PackedDataset> data = PackedDataset::open(styles);
        if (!data) return data.error();
        sources_of_learning.styles = *std::move(data);
    }
    sources_of_learning.weights = sources.weights.empty() ? path_of("weights") : sources.weights;
    sources_of_learning.encoder = path_of("encoder");
    const fs::path style = path_of("style");
    const fs::path folder = experiment.directory() / "inputs";
    return Maker([=](const ParamSet& params) -> Result<std::unique_ptr<Run>> {
        style::train::Inputs complete = sources_of_learning;
        if (!style.empty()) {
            Result<Frame> picture = read_picture(folder / style.filename());
            if (!picture) return picture.error();
            complete.style = *std::move(picture);
        }
        return style::train::make_run(params, std::move(complete));
    });
}

}  // namespace

std::map<std::string, Kind>& kinds() {
    static std::map<std::string, Kind> all{
        {"gan", {gan::schema, gan_maker, gan::metric_specs}},
        {"style", {style::schema, style_maker, style::metric_specs}},
        {"style-training",
         {style::train::schema, style_training_maker, style::train::metric_specs}}};
    return all;
}

Result<Kind> find_kind(const std::string& id) {
    if (const auto found = kinds().find(id); found != kinds().end()) return found->second;
    return Error{ErrorCode::Unsupported,
                 "This version does not know runs of the kind '" + id + "'.", ""};
}

WorkerOptions options_for(const ParamSet& params, Experiment experiment) {
    WorkerOptions options;
    if (params.schema().find("sample_every"))
        options.sample_every = std::get<std::int64_t>(params.value("sample_every"));
    options.write_sample = [experiment](const fs::path& path, const Preview& preview) {
        const Json settings = export_settings(experiment, preview.step);
        return write_picture(
            path, preview.frame,
            {.settings = settings.dump(), .readable = readable_settings(settings)});
    };
    options.experiment = std::move(experiment);
    return options;
}

Result<Worker::Factory> factory_for(const Experiment& experiment, const ParamSet& params,
                                    const std::optional<Experiment::Checkpoint>& checkpoint,
                                    const ResumeSources& sources) {
    const RunInfo& info = experiment.info();
    Result<Kind> kind = find_kind(info.kind);
    if (!kind) return kind.error();
    Result<Maker> make = kind->maker(experiment, sources);
    if (!make) return make.error();
    return Worker::Factory([make = *std::move(make), experiment, params,
                            checkpoint]() -> Result<std::unique_ptr<Run>> {
        const RunInfo& info = experiment.info();
        Result<std::unique_ptr<Run>> run = make(params);
        if (!run) return run;
        if (checkpoint) {
            if (Status restored = continue_from(**run, checkpoint->dir, params); !restored)
                return Error{restored.error().code,
                             "The checkpoint of step " + std::to_string(checkpoint->step) +
                                 " does not fit the run's settings, or cannot be read. Settings "
                                 "that shape the networks have to stay as they were. " +
                                 restored.error().message,
                             restored.error().detail};
        } else if (info.weights_from) {
            if (Status adopted = (*run)->adopt(experiment.directory() / kWeightsFolder); !adopted)
                return Error{adopted.error().code,
                             "The weights of " + info.weights_from->run +
                                 " cannot be taken over: " + adopted.error().message,
                             adopted.error().detail};
        }
        if (!info.replay_of || (*run)->steps_done() >= info.replay_of->step) return run;
        return std::unique_ptr<Run>(std::make_unique<ReplayRun>(
            *std::move(run), info.replay_of->edits, info.replay_of->step, make,
            experiment.directory() / "restart"));
    });
}

Result<PreparedRun> prepared(Experiment experiment, const ParamSet& params,
                             const std::optional<Experiment::Checkpoint>& checkpoint,
                             const ResumeSources& sources) {
    Result<Worker::Factory> factory = factory_for(experiment, params, checkpoint, sources);
    if (!factory) return factory.error();
    return PreparedRun{*std::move(factory), options_for(params, std::move(experiment))};
}

}  // namespace pentimento::jobs
