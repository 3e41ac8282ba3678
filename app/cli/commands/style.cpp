#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "app/cli/commands/all.h"
#include "app/cli/commands/networks.h"
#include "app/cli/commands/weights.h"
#include "app/cli/inline_run.h"
#include "app/cli/options.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/jobs/batch.h"
#include "core/media/picture.h"
#include "core/style/style_run.h"

namespace pentimento::cli {
namespace {

struct State {
    std::vector<std::string> contents, styles, masks;
    std::string start, weights, out, run, resume, preset, format = "png";
    bool quiet = false, strip = false, each = false, blend = false, overwrite = false;
    ParamOptions options;
    NetworkOptions networks;
};

/// What a single picture and a batch are made from.
struct Chosen {
    ParamSet params;
    std::vector<fs::path> styles;
    fs::path weights;
    style::InstantNetworks networks;
};

struct StyleArgument {
    fs::path path;
    std::optional<std::string> weight;
};

/// "B.jpg:0.5"; a file whose own name ends like that wins.
StyleArgument split_weight(const std::string& text) {
    std::error_code ignored;
    const std::size_t at = text.rfind(':');
    if (at == std::string::npos || fs::exists(text, ignored)) return {text, std::nullopt};
    double weight = 0;
    const char *begin = text.data() + at + 1, *end = text.data() + text.size();
    if (const auto parsed = std::from_chars(begin, end, weight);
        parsed.ec != std::errc() || parsed.ptr != end)
        return {text, std::nullopt};
    return {text.substr(0, at), text.substr(at + 1)};
}

/// Preset, then what was given by name; the styles' weights stand behind their names.
Result<Chosen> choose(const State& state) {
    if (state.contents.empty())
        return Error{ErrorCode::InvalidArgument, "Name a picture with --content.", ""};
    Chosen chosen{ParamSet(style::schema()), {}, {}, {}};
    auto& [params, styles, weights, networks] = chosen;
    if (!state.preset.empty())
        if (Status applied = apply_preset(params, state.preset, style::presets()); !applied)
            return applied.error();
    for (std::size_t i = 0; i < state.styles.size(); ++i) {
        const StyleArgument argument = split_weight(state.styles[i]);
        styles.push_back(argument.path);
        if (argument.weight && i < static_cast<std::size_t>(style::kMaxStyles))
            if (Status set =
                    params.set_text(style::style_weight_id(static_cast<int>(i)), *argument.weight);
                !set)
                return set.error();
    }
    if (Status applied = state.options.apply_to(params); !applied) return applied.error();
    auto files = state.networks.choose(params, state.options);
    if (!files) return files.error();
    networks = *std::move(files);
    if (!style::needs_styles(params) && !(styles.empty() && state.masks.empty()))
        return Error{ErrorCode::InvalidArgument,
                     "A painter has its style in itself: leave --style and --mask out.", ""};
    if (style::needs_styles(params) && styles.empty())
        return Error{ErrorCode::InvalidArgument, "Name at least one picture with --style.", ""};
    auto file = choose_weights(params, state.weights, state.options.given("features"));
    if (!file) return file.error();
    weights = *std::move(file);
    return chosen;
}

bool is_folder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

/// Many contents × many styles, in one folder.
bool is_batch(const State& state) {
    if (!state.resume.empty()) return false;
    const auto any_folder = [](const std::vector<std::string>& paths) {
        return std::any_of(paths.begin(), paths.end(),
                           [](const auto& path) { return is_folder(split_weight(path).path); });
    };
    return state.each || state.contents.size() > 1 || any_folder(state.contents) ||
           any_folder(state.styles) || is_folder(state.out) || state.out.ends_with('/');
}

Status run_batch(const State& state) {
    StyleBatch batch{ParamSet(style::schema())};
    Result<Chosen> chosen = choose(state);
    if (!chosen) return chosen.error();
    if (!state.start.empty() || !state.run.empty() || !state.masks.empty())
        return Error{ErrorCode::InvalidArgument,
                     "--start, --mask and --run are for a single picture, not for a batch.", ""};
    std::vector<std::string> style_names;
    for (const fs::path& path : chosen->styles) style_names.push_back(path.string());
    for (const auto& [from, to] : {std::pair(&state.contents, &batch.contents),
                                   std::pair(&std::as_const(style_names), &batch.styles)}) {
        auto pictures = expand_pictures(*from);
        if (!pictures) return pictures.error();
        *to = *std::move(pictures);
    }
    batch.params = chosen->params;
    batch.weights = chosen->weights;
    batch.networks = chosen->networks;
    batch.out = state.out;
    batch.blend = state.blend;
    batch.extension = state.format;
    batch.embed_settings = !state.strip;
    batch.overwrite = state.overwrite;
    const std::size_t all = batch_results(batch).size();
    PreparedRun run;
    run.factory = [batch] { return make_batch_run(batch); };
    Result<InlineOutcome> outcome = run_in_terminal(std::move(run), state.quiet);
    if (!outcome) return outcome.error();
    std::size_t there = 0, failed = 0;
    for (const Event& event : outcome->skipped) {
        if (event.data["reason"] == "exists") {
            ++there;
            continue;
        }
        ++failed;
        std::fprintf(stderr, "not made: %s\n", event.text.c_str());
    }
    if (!state.quiet) {
        std::printf("%s: %zu of %zu pictures made", state.out.c_str(), outcome->made.size(), all);
        if (there > 0)
            std::printf(", %zu were there already (--overwrite makes them again)", there);
        if (failed > 0) std::printf(", %zu could not be made", failed);
        std::printf("\n");
        if (outcome->interrupted) std::printf("The same call goes on with what is missing.\n");
    }
    if (failed > 0)
        return Error{
            ErrorCode::Io,
            std::to_string(failed) + " of " + std::to_string(all) + " pictures could not be made.",
            ""};
    return {};
}

/// What it will take, before it begins.
Status tell_forecast(const StyleRequest& request) {
    const Result<std::string> content = read_file(request.content);
    if (!content) return content.error();
    const auto header = probe_picture(std::as_bytes(std::span(content->data(), content->size())),
                                      request.content.filename().string());
    if (!header) return header.error();
    const Result<style::Forecast> forecast = style::forecast(
        request.params, header->width, header->height, static_cast<int>(request.styles.size()));
    if (!forecast) return forecast.error();
    std::printf("%s\n", style::describe(*forecast).c_str());
    std::fflush(stdout);
    return {};
}

Result<PreparedRun> prepare_new(const State& state) {
    Result<Chosen> chosen = choose(state);
    if (!chosen) return chosen.error();
    StyleRequest request{.params = chosen->params,
                         .content = state.contents[0],
                         .styles = chosen->styles,
                         .start = {},
                         .weights = chosen->weights,
                         .masks = {},
                         .networks = chosen->networks};
    if (!state.start.empty()) request.start = state.start;
    for (const std::string& mask : state.masks)
        request.masks.push_back(mask == "-" ? fs::path() : fs::path(mask));
    if (!state.quiet && !style::one_pass(request.params))
        if (Status told = tell_forecast(request); !told) return told.error();
    const std::string name =
        request.content.stem().string() + " in the style of " +
        (request.styles.empty() ? request.networks.painter : request.styles[0]).stem().string();
    return prepare_style(request, run_folder(state.run, name).path(), name);
}

Status blend(const State& state) {
    if (is_batch(state)) return run_batch(state);
    Result<PreparedRun> run = [&]() -> Result<PreparedRun> {
        if (state.resume.empty()) return prepare_new(state);
        Result<Patch> patch = state.options.patch(style::schema());
        if (!patch) return patch.error();
        return prepare_resume(state.resume, std::nullopt, *patch, {.weights = state.weights});
    }();
    if (!run) return run.error();
    const Experiment experiment = *run->options.experiment;
    Result<InlineOutcome> outcome = run_in_terminal(*std::move(run), state.quiet);
    if (!outcome) return outcome.error();
    const std::optional<Preview>& picture = outcome->picture;
    if (!picture) return Error{ErrorCode::Internal, "The run ended without a picture.", ""};
    WriteOptions options;
    if (!state.strip) {
        const Json settings = export_settings(experiment, picture->step);
        options.settings = settings.dump();
        options.readable = readable_settings(settings);
    }
    if (Status written = write_picture(state.out, picture->frame, options); !written)
        return written;
    if (!state.quiet) {
        std::printf("%s: %d×%d px after %s steps\n", state.out.c_str(), picture->frame.width,
                    picture->frame.height, format_count(picture->step).c_str());
        if (outcome->interrupted)
            std::printf("Go on with: pentimento-cli style --resume %s --out %s\n",
                        experiment.directory().c_str(), state.out.c_str());
    }
    return {};
}

}  // namespace

void add_style(CLI::App& app, Handlers& handlers) {
    auto state = std::make_shared<State>();
    CLI::App* command = app.add_subcommand("style", "Blend the style of pictures into another");
    command
        ->add_option("--content", state->contents,
                     "The picture to paint anew; or several, or folders of them: a batch")
        ->type_name("FILE")
        ->take_all();
    command
        ->add_option("--style", state->styles,
                     "A picture whose style is taken, with an optional weight; up to 8. In a batch "
                     "any number, and folders of them")
        ->type_name("FILE[:WEIGHT]")
        ->take_all();
    command
        ->add_option("--mask", state->masks,
                     "Where a style counts: a grey picture, white = fully; one for each --style in "
                     "order, '-' for what the others leave")
        ->type_name("FILE")
        ->take_all();
    command->add_option("--start", state->start, "The picture to start from with --init picture")
        ->type_name("FILE");
    add_weights(*command, state->weights);
    command
        ->add_option("--out", state->out,
                     "The picture to write: PNG, JPEG, WebP, TIFF or BMP; a batch: the folder. "
                     "What is in it already is not made again")
        ->required()
        ->type_name("FILE");
    command
        ->add_option("--run", state->run,
                     "The run's folder (default: a new one among the studio's runs)")
        ->type_name("RUN");
    CLI::Option* resume = add_resume(*command, state->resume);
    add_preset(*command, state->preset)->excludes(resume);
    CLI::Option* each =
        command->add_flag("--each", state->each, "Batch: every content in every style (the usual)");
    command->add_flag("--blend", state->blend, "Batch: every content in all styles at once")
        ->excludes(each);
    command->add_option("--format", state->format, "Batch: png, jpg, webp, tif or bmp")
        ->type_name("NAME")
        ->capture_default_str();
    command->add_flag("--overwrite", state->overwrite, "Batch: make again what is there");
    command->add_flag("--strip", state->strip, "Leave the settings out of the picture");
    command->add_flag("--quiet", state->quiet, "No progress");
    state->networks.add_to(*command);
    state->options.add_to(*command, style::schema());
    handlers[command] = [state] { return blend(*state); };
}

}  // namespace pentimento::cli
