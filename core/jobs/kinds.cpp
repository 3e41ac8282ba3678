#include "core/jobs/kinds.h"

#include "core/base/text.h"
#include "core/style/style_run.h"

namespace pentimento::jobs {
namespace {

std::string text_of(const Json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<Worker::Factory> gan_factory(const Json& inputs, const ParamSet& params,
                                    const ResumeSources& sources) {
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
    return Worker::Factory(
        [params, data = *std::move(data)] { return gan::make_run(params, data); });
}

Result<Worker::Factory> style_factory(const Experiment& experiment, const ParamSet& params,
                                      const ResumeSources& sources) {
    const Json& inputs = experiment.info().inputs;
    const fs::path folder = experiment.directory() / "inputs";
    const fs::path weights =
        sources.weights.empty() ? fs::path(text_of(inputs, "weights")) : sources.weights;
    std::vector<fs::path> styles;
    if (inputs.is_object() && inputs.contains("styles") && inputs["styles"].is_array())
        for (const Json& name : inputs["styles"])
            if (name.is_string())
                styles.push_back(folder / fs::path(name.get<std::string>()).filename());
    const fs::path content = folder / fs::path(text_of(inputs, "content")).filename();
    const std::string start = text_of(inputs, "start");
    // Decoding takes a moment, so it happens on the worker's thread.
    return Worker::Factory([=]() -> Result<std::unique_ptr<Run>> {
        style::StyleInputs pictures;
        pictures.weights = weights;
        Result<Frame> frame = read_picture(content);
        if (!frame) return frame.error();
        pictures.content = *std::move(frame);
        for (const fs::path& path : styles) {
            Result<Frame> style = read_picture(path);
            if (!style) return style.error();
            pictures.styles.push_back(*std::move(style));
        }
        if (!start.empty()) {
            Result<Frame> picture = read_picture(folder / fs::path(start).filename());
            if (!picture) return picture.error();
            pictures.start = *std::move(picture);
        }
        return style::make_run(params, std::move(pictures));
    });
}

}  // namespace

Result<Schema> schema_of(const std::string& kind) {
    if (kind == "gan") return gan::schema();
    if (kind == "style") return style::schema();
    return Error{ErrorCode::Unsupported,
                 "This version does not know runs of the kind '" + kind + "'.", ""};
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
                                    const ResumeSources& sources) {
    if (experiment.info().kind == "gan")
        return gan_factory(experiment.info().inputs, params, sources);
    if (experiment.info().kind == "style") return style_factory(experiment, params, sources);
    return schema_of(experiment.info().kind).error();
}

}  // namespace pentimento::jobs
