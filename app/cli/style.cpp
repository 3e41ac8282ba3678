#include <charconv>
#include <span>

#include "app/cli/commands.h"
#include "app/cli/inline_run.h"
#include "app/cli/options.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/jobs/workspace.h"
#include "core/media/picture.h"
#include "core/style/style_run.h"

namespace pentimento::cli {
namespace {

struct State {
    std::string content, start, weights, out, run, resume, preset;
    std::vector<std::string> styles, masks;
    bool quiet = false, strip = false;
    ParamOptions options;
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

Result<PreparedRun> prepare_new(const State& state) {
    for (const auto& [value, option] :
         {std::pair(state.content, "--content"), {state.weights, "--weights"}})
        if (value.empty())
            return Error{ErrorCode::InvalidArgument,
                         std::string("Name a file with ") + option + ".", ""};
    if (state.styles.empty())
        return Error{ErrorCode::InvalidArgument, "Name at least one picture with --style.", ""};
    ParamSet params(style::schema());
    if (!state.preset.empty()) {
        std::vector<std::string> ids;
        const Preset* found = nullptr;
        for (const Preset& preset : style::presets()) {
            ids.push_back(preset.id);
            if (preset.id == state.preset) found = &preset;
        }
        if (!found)
            return Error{
                ErrorCode::InvalidArgument,
                "There is no preset '" + state.preset + "' (presets: " + join(ids, ", ") + ")", ""};
        if (Status applied = found->apply_to(params); !applied) return applied.error();
    }
    StyleRequest request{params, state.content, {}, std::nullopt, state.weights};
    for (std::size_t i = 0; i < state.styles.size(); ++i) {
        const StyleArgument argument = split_weight(state.styles[i]);
        request.styles.push_back(argument.path);
        if (argument.weight && i < static_cast<std::size_t>(style::kMaxStyles))
            if (Status set = request.params.set_text(style::style_weight_id(static_cast<int>(i)),
                                                     *argument.weight);
                !set)
                return set.error();
    }
    for (const std::string& mask : state.masks)
        request.masks.push_back(mask == "-" ? fs::path() : fs::path(mask));
    if (!state.start.empty()) request.start = state.start;
    if (Status applied = state.options.apply_to(request.params); !applied) return applied.error();
    // The weights file knows its network: only a contradiction needs saying.
    const Result<std::string> network = style::identify_weights(state.weights);
    if (!network) return network.error();
    if (!state.options.given("features")) {
        if (Status set = request.params.set_text("features", *network); !set) return set.error();
    } else if (to_text(request.params.value("features")) != *network) {
        return Error{ErrorCode::InvalidArgument,
                     state.weights + " holds the weights of " + *network + ", not of " +
                         to_text(request.params.value("features")) + ".",
                     ""};
    }
    if (!state.quiet) {
        const Result<std::string> content = read_file(request.content);
        if (!content) return content.error();
        const auto header =
            probe_picture(std::as_bytes(std::span(content->data(), content->size())),
                          fs::path(state.content).filename().string());
        if (!header) return header.error();
        const Result<style::Forecast> forecast = style::forecast(
            request.params, header->width, header->height, static_cast<int>(request.styles.size()));
        if (!forecast) return forecast.error();
        std::printf("%s\n", style::describe(*forecast).c_str());
        std::fflush(stdout);
    }
    const std::string name = fs::path(state.content).stem().string() + " in the style of " +
                             request.styles[0].stem().string();
    const fs::path dir = state.run.empty()
                             ? Experiment::fresh_directory(Workspace::standard().runs(), name)
                             : fs::path(state.run);
    return prepare_style(request, dir, name);
}

Status blend(const State& state) {
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
    command->add_option("--content", state->content, "The picture to paint anew")
        ->type_name("FILE");
    command
        ->add_option("--style", state->styles,
                     "A picture whose style is taken, with an optional weight; up to 8")
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
    command
        ->add_option("--weights", state->weights,
                     "The feature network's safetensors file: see 'list features'")
        ->type_name("FILE");
    command->add_option("--out", state->out, "The picture to write: PNG, JPEG, WebP, TIFF or BMP")
        ->required()
        ->type_name("FILE");
    command
        ->add_option("--run", state->run,
                     "The run's folder (default: a new one among the studio's runs)")
        ->type_name("RUN");
    CLI::Option* resume =
        command
            ->add_option("--resume", state->resume, "Go on with this run; --steps sets the new end")
            ->type_name("RUN");
    command->add_option("--preset", state->preset, "Start from named settings: see 'list presets'")
        ->type_name("NAME")
        ->excludes(resume);
    command->add_flag("--strip", state->strip, "Leave the settings out of the picture");
    command->add_flag("--quiet", state->quiet, "No progress");
    state->options.add_to(*command, style::schema());
    handlers[command] = [state] { return blend(*state); };
}

}  // namespace pentimento::cli
