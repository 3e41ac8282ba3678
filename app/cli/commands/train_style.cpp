#include "app/cli/commands/all.h"
#include "app/cli/inline_run.h"
#include "app/cli/options.h"
#include "core/style/train/style_training.h"

namespace pentimento::cli {
namespace {

struct State {
    std::string data, styles, style, weights, encoder, from, out, resume, export_to;
    bool quiet = false;
    ParamOptions options;
};

Result<PreparedRun> prepare_new(const State& state) {
    if (state.data.empty())
        return Error{ErrorCode::InvalidArgument,
                     "Name the pictures to learn from with --data, or a run with --resume.", ""};
    StyleTrainingRequest request{.params = ParamSet(style::train::schema())};
    if (Status applied = state.options.apply_to(request.params); !applied) return applied.error();
    // Larger than the crops, so that they can be cut from different places.
    const std::int64_t crop = std::get<std::int64_t>(request.params.value("crop"));
    const Result<std::string> pictures = pack_for(state.data, crop * 4 / 3, state.quiet);
    if (!pictures) return pictures.error();
    request.pictures = *pictures;
    if (!state.styles.empty()) {
        const Result<std::string> styles = pack_for(state.styles, crop * 2, state.quiet);
        if (!styles) return styles.error();
        request.styles = *styles;
    }
    request.style = state.style;
    request.weights = state.weights;
    request.encoder = state.encoder;
    if (!state.from.empty()) request.from = WeightsFrom{state.from, CheckpointChoice::latest()};
    const std::string network = to_text(request.params.value("network"));
    const std::string name = state.style.empty()
                                 ? "Style network: " + network
                                 : "Painter of " + fs::path(state.style).stem().string();
    return prepare_style_training(request, run_folder(state.out, name).path(), name);
}

Status train_style(const State& state) {
    Result<PreparedRun> run = [&]() -> Result<PreparedRun> {
        if (state.resume.empty()) return prepare_new(state);
        Result<Patch> patch = state.options.patch(style::train::schema());
        if (!patch) return patch.error();
        return prepare_resume(state.resume, std::nullopt, *patch,
                              {.pack = state.data, .weights = state.weights});
    }();
    if (!run) return run.error();
    const fs::path dir = run->options.experiment->directory();
    if (Status done = run_and_tell(std::move(run), state.quiet); !done) return done;
    return state.export_to.empty() ? Status{} : export_style_network(dir, state.export_to);
}

}  // namespace

void add_train_style(CLI::App& app, Handlers& handlers) {
    auto state = std::make_shared<State>();
    CLI::App* command = app.add_subcommand(
        "train-style", "Train a style network: a painter of one style, or instant style's own");
    command
        ->add_option("--data", state->data,
                     "Pictures to learn from: FILE.pack, or anything 'import' takes")
        ->type_name("SOURCE");
    command->add_option("--style", state->style, "The picture whose style a painter learns")
        ->type_name("FILE");
    command->add_option("--styles", state->styles, "Paintings that a decoder learns from")
        ->type_name("SOURCE");
    command
        ->add_option("--weights", state->weights,
                     "VGG-19, which teaches the features and can judge the others")
        ->type_name("FILE");
    command
        ->add_option("--encoder", state->encoder,
                     "A small feature network of your own instead of the built-in one")
        ->type_name("FILE");
    command
        ->add_option("--from", state->from,
                     "Begin with the weights of this style training, as far as they fit")
        ->type_name("RUN");
    command->add_option("--out", state->out, "The run's folder")->type_name("RUN");
    add_resume(*command, state->resume);
    command
        ->add_option("--export", state->export_to,
                     "Writes the network here when it is done, in half precision")
        ->type_name("FILE.safetensors");
    command->add_flag("--quiet", state->quiet, "No progress");
    state->options.add_to(*command, style::train::schema());
    handlers[command] = [state] { return train_style(*state); };
}

}  // namespace pentimento::cli
