// Films in the terminal.
#include "core/jobs/video.h"

#include "app/cli/commands/all.h"
#include "app/cli/commands/networks.h"
#include "app/cli/commands/weights.h"
#include "app/cli/inline_run.h"
#include "app/cli/options.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/style/style_run.h"

namespace pentimento::cli {
namespace {

struct State {
    std::string in, out, weights, preset;
    std::vector<std::string> styles;
    std::int64_t frames = 0;
    double fps = 0;
    bool quiet = false;
    ParamOptions options;
    NetworkOptions networks;
};

Status make_film(const State& state) {
    VideoRequest request{.params = ParamSet(video_schema())};
    if (!state.preset.empty())
        if (Status applied = apply_preset(request.params, state.preset, style::presets()); !applied)
            return applied;
    if (Status applied = state.options.apply_to(request.params); !applied) return applied;
    auto networks = state.networks.choose(request.params, state.options);
    if (!networks) return networks.error();
    request.networks = *std::move(networks);
    if (style::needs_styles(request.params) == state.styles.empty())
        return Error{ErrorCode::InvalidArgument,
                     state.styles.empty()
                         ? "Name at least one picture with --style, or a painter with --painter."
                         : "A painter has its style in itself: leave --style out.",
                     ""};
    Result<fs::path> weights =
        choose_weights(request.params, state.weights, state.options.given("features"));
    if (!weights) return weights.error();
    request.source = state.in;
    request.styles.assign(state.styles.begin(), state.styles.end());
    request.weights = *std::move(weights);
    request.out = state.out;
    request.frames = state.frames;
    request.fps = state.fps;
    PreparedRun run;
    run.factory = [request] { return make_video_run(request); };
    Result<InlineOutcome> outcome = run_in_terminal(std::move(run), state.quiet);
    if (!outcome) return outcome.error();
    if (!outcome->interrupted) {
        if (!state.quiet) std::printf("%s\n", state.out.c_str());
        return {};
    }
    const Result<std::int64_t> frames = write_film(request);
    if (!frames && frames.error().code != ErrorCode::NotFound) return frames.error();
    if (!state.quiet)
        std::printf("Stopped after %s frames%s; the same call goes on from there.\n",
                    format_count(frames ? *frames : 0).c_str(),
                    frames ? (", which are in " + state.out).c_str() : "");
    return {};
}

}  // namespace

void add_video(CLI::App& app, Handlers& handlers) {
    auto state = std::make_shared<State>();
    CLI::App* command = app.add_subcommand(
        "video", "A film, or a sequence of pictures, in the style of a picture (without sound)");
    command
        ->add_option("--in", state->in,
                     "A film, a folder of pictures, or a pattern like frames/%04d.png")
        ->required()
        ->type_name("SOURCE");
    command->add_option("--style", state->styles, "A picture whose style is taken; up to 8")
        ->type_name("FILE")
        ->take_all();
    add_weights(*command, state->weights);
    command
        ->add_option("--out", state->out,
                     "The film to write (.mp4), or a folder for its frames. The same call again "
                     "goes on from the frames that are done")
        ->required()
        ->type_name("FILE.mp4|FOLDER");
    add_preset(*command, state->preset);
    command->add_option("--frames", state->frames, "Only so many from the start; 0: all")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command
        ->add_option("--fps", state->fps,
                     "Frames a second of the film; 0: those of the source, 25 for pictures")
        ->check(CLI::Range(0, 240))
        ->capture_default_str();
    command->add_flag("--quiet", state->quiet, "No progress");
    state->networks.add_to(*command);
    state->options.add_to(*command, video_schema());
    handlers[command] = [state] { return make_film(*state); };
}

}  // namespace pentimento::cli
