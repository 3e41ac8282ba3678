// Starting and resuming runs.
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/jobs/kinds.h"
#include "core/style/style_run.h"
#include "core/style/train/style_training.h"

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

/// Empty stays empty: it means what is built in.
std::string absolute_or_empty(const fs::path& path) {
    return path.empty() ? std::string() : fs::absolute(path).string();
}

}  // namespace

Result<PreparedRun> prepare_training(const ParamSet& params, const fs::path& pack,
                                     const fs::path& dir, const std::string& name,
                                     const std::optional<WeightsFrom>& from) {
    Result<PackedDataset> data = PackedDataset::open(pack);
    if (!data) return data.error();
    const PackInfo& info = data->info();
    // Found out before a folder is made for a run that could never start.
    ParamSet fitted = params;
    if (Status fits = gan::fit_to_dataset(fitted, info); !fits) return fits.error();
    std::error_code ignored;
    RunInfo run{.kind = "gan",
                .name = name,
                .inputs = {{"dataset", fs::absolute(pack, ignored).string()},
                           {"dataset_name", info.name},
                           {"fingerprint", info.fingerprint},
                           {"count", info.count}},
                .environment = gan::environment()};
    return jobs::start_run(dir, std::move(run), fitted, from);
}

Result<PreparedRun> prepare_style(const StyleRequest& request, const fs::path& dir,
                                  const std::string& name) {
    if (style::needs_styles(request.params) &&
        (request.styles.empty() ||
         request.styles.size() > static_cast<std::size_t>(style::kMaxStyles)))
        return Error{
            ErrorCode::InvalidArgument,
            "Style transfer needs one to " + std::to_string(style::kMaxStyles) + " style pictures.",
            ""};
    if (!request.weights.empty())
        if (Result<std::string> kind = style::identify_weights(request.weights); !kind)
            return kind.error();
    if (!style::needs_styles(request.params)) {
        if (request.networks.painter.empty())
            return Error{ErrorCode::InvalidArgument,
                         "The method needs a trained painter: choose its file, or train one.", ""};
        if (auto painter = style::identify_painter(request.networks.painter); !painter)
            return painter.error();
    }
    // Read once before anything is written, so that a wrong file leaves no half-made run behind.
    std::vector<fs::path> pictures = request.styles;
    pictures.push_back(request.content);
    if (request.start) pictures.push_back(*request.start);
    if (request.masks.size() > request.styles.size())
        return Error{ErrorCode::InvalidArgument,
                     "There are more masks than style pictures: each mask belongs to one of them.",
                     ""};
    for (const fs::path& mask : request.masks)
        if (!mask.empty()) pictures.push_back(mask);
    for (const fs::path& path : pictures) {
        Result<std::string> bytes = read_file(path, ReadLimits{}.max_file_bytes);
        if (!bytes) return bytes.error();
        const auto header = probe_picture(std::as_bytes(std::span(bytes->data(), bytes->size())),
                                          to_valid_utf8(path.filename().native()));
        if (!header) return header.error();
    }
    Json inputs = {{"weights", absolute_or_empty(request.weights)}, {"styles", Json::array()}};
    for (const auto& [key, file] : style::InstantNetworks::named(request.networks))
        if (!file->empty()) inputs[key] = absolute_or_empty(*file);
    inputs["content"] = "content" + request.content.extension().string();
    inputs["content_name"] = to_valid_utf8(request.content.filename().native());
    for (std::size_t i = 0; i < request.styles.size(); ++i)
        inputs["styles"].push_back("style-" + std::to_string(i + 1) +
                                   request.styles[i].extension().string());
    if (request.start) inputs["start"] = "start" + request.start->extension().string();
    const auto mask_stem = [](std::size_t i) { return "mask-" + std::to_string(i + 1); };
    for (std::size_t i = 0; i < request.masks.size(); ++i)
        inputs["masks"].push_back(request.masks[i].empty()
                                      ? std::string()
                                      : mask_stem(i) + request.masks[i].extension().string());

    RunInfo info{.kind = "style",
                 .name = name,
                 .params = request.params.to_json(),
                 .inputs = inputs,
                 .environment = gan::environment()};
    Result<Experiment> experiment = jobs::create_run(dir, info, [&](const fs::path& run) -> Status {
        const fs::path folder = run / "inputs";
        if (Status made = make_directories(folder); !made) return made;
        if (auto copied = copy_input(request.content, folder, "content"); !copied)
            return copied.error();
        for (std::size_t i = 0; i < request.styles.size(); ++i)
            if (auto copied =
                    copy_input(request.styles[i], folder, "style-" + std::to_string(i + 1));
                !copied)
                return copied.error();
        if (request.start)
            if (auto copied = copy_input(*request.start, folder, "start"); !copied)
                return copied.error();
        for (std::size_t i = 0; i < request.masks.size(); ++i)
            if (!request.masks[i].empty())
                if (auto copied = copy_input(request.masks[i], folder, mask_stem(i)); !copied)
                    return copied.error();
        return {};
    });
    if (!experiment) return experiment.error();
    return jobs::prepared(*std::move(experiment), request.params, std::nullopt, {});
}

Result<Amendment> prepare_mask_change(const Experiment& experiment,
                                      const std::vector<fs::path>& masks) {
    std::vector<std::optional<Frame>> frames;
    Json names = Json::array();
    for (std::size_t i = 0; i < masks.size(); ++i) {
        frames.emplace_back();
        if (masks[i].empty()) {
            names.push_back("");
            continue;
        }
        Result<Frame> frame = read_picture(masks[i]);
        if (!frame) return frame.error();
        frames.back() = *std::move(frame);
        const Result<std::string> bytes = read_file(masks[i]);
        if (!bytes) return bytes.error();
        // Named by what it shows: the ones before it stay for the checkpoints that belong to them.
        auto copied = copy_input(masks[i], experiment.directory() / "inputs",
                                 "mask-" + std::to_string(i + 1) + "-" + to_hex(hash64(*bytes)));
        if (!copied) return copied.error();
        names.push_back(*copied);
    }
    return Amendment{
        [frames = std::move(frames)](Run& run) { return style::change_masks(run, frames); },
        {.type = "inputs",
         .text = masks.empty() ? "Without masks from here." : "Other masks from here.",
         .data = {{"masks", names}}}};
}

Result<PreparedRun> prepare_style_training(const StyleTrainingRequest& request, const fs::path& dir,
                                           const std::string& name) {
    // Everything is opened once before a folder is made for a run that could never start.
    Json inputs = {{"weights", absolute_or_empty(request.weights)},
                   {"encoder", absolute_or_empty(request.encoder)}};
    for (const auto& [key, pack] :
         {std::pair("dataset", request.pictures), std::pair("styles", request.styles)}) {
        if (pack.empty()) continue;
        Result<PackedDataset> data = PackedDataset::open(pack);
        if (!data) return data.error();
        inputs[key] = absolute_or_empty(pack);
    }
    for (const fs::path& weights : {request.weights, request.encoder})
        if (!weights.empty())
            if (Result<std::string> kind = style::identify_weights(weights); !kind)
                return kind.error();
    if (!request.style.empty()) {
        Result<Frame> picture = read_picture(request.style);
        if (!picture) return picture.error();
        inputs["style"] = "style" + request.style.extension().string();
    }
    RunInfo info{.kind = "style-training",
                 .name = name,
                 .inputs = inputs,
                 .environment = gan::environment()};
    return jobs::start_run(dir, std::move(info), request.params, request.from,
                           [&](const fs::path& run) -> Status {
                               if (request.style.empty()) return {};
                               if (Status made = make_directories(run / "inputs"); !made)
                                   return made;
                               auto copied = copy_input(request.style, run / "inputs", "style");
                               return copied ? Status() : Status(copied.error());
                           });
}

Status export_style_network(const fs::path& run, const fs::path& out) {
    Result<Experiment> experiment = Experiment::open(run);
    if (!experiment) return experiment.error();
    if (experiment->info().kind != "style-training")
        return Error{ErrorCode::Unsupported,
                     to_valid_utf8(run.native()) + " is not the training of a style network.", ""};
    const Result<Experiment::Checkpoint> latest = experiment->latest_checkpoint();
    if (!latest) return latest.error();
    Result<ParamSet> params = current_params(*experiment);
    if (!params) return params.error();
    return style::train::export_network(latest->dir, *params, out, experiment->info().name);
}

Result<PreparedRun> prepare_resume(const fs::path& dir, std::optional<std::int64_t> total_steps,
                                   const Patch& overrides, const ResumeSources& sources) {
    Result<Experiment> experiment = Experiment::open(dir);
    if (!experiment) return experiment.error();
    const Result<Experiment::Checkpoint> latest = experiment->latest_checkpoint();
    // A branch has no other beginning than its first checkpoint.
    if (!latest && experiment->info().branched_from) return latest.error();
    std::optional<Experiment::Checkpoint> checkpoint;
    if (latest) checkpoint = *latest;
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
    if (Result<Worker::Factory> possible =
            jobs::factory_for(*experiment, *wanted, checkpoint, sources);
        !possible)
        return possible.error();
    if (Status rewound = experiment->rewind_to(step); !rewound) return rewound.error();

    wanted = current_params(*experiment);  // without the edits that were just dropped
    if (!wanted) return wanted.error();
    const ParamSet before = *wanted;
    if (Status applied = wanted->apply(changes); !applied) return applied.error();
    for (const Event& edit : edit_events(before, *wanted, step))
        if (Status logged = experiment->append_event(edit); !logged) return logged.error();

    Result<PreparedRun> run = jobs::prepared(*experiment, *wanted, checkpoint, sources);
    if (!run) return run;
    if (const auto rows = experiment->read_metrics(); !rows.empty())
        run->options.elapsed_before = rows.back().seconds;
    return run;
}

}  // namespace pentimento
