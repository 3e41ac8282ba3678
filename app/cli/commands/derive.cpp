// branch and replay: runs that begin with another.
#include "app/cli/commands/all.h"
#include "app/cli/inline_run.h"
#include "app/cli/options.h"

namespace pentimento::cli {
namespace {

struct State {
    std::string run, at = "latest", out, name, data, weights;
    bool quiet = false;
    ParamOptions options;

    ResumeSources sources() const { return {.pack = data, .weights = weights}; }
    RunFolder folder() const { return run_folder(out, name); }
};

std::shared_ptr<State> add_command(CLI::App& app, const char* name, const char* help,
                                   CLI::App*& command) {
    auto state = std::make_shared<State>();
    command = app.add_subcommand(name, help);
    command->add_option("run", state->run, "The run to begin with")->required()->type_name("RUN");
    command
        ->add_option("--out", state->out,
                     "The new run's folder (default: a new one among the studio's runs)")
        ->type_name("RUN");
    command->add_option("--name", state->name, "What the studio calls the new run");
    command
        ->add_option("--data", state->data,
                     "The dataset's file, if it is no longer where the run left it")
        ->type_name("FILE");
    command
        ->add_option("--weights", state->weights,
                     "The feature network's file, if a style run's is no longer there")
        ->type_name("FILE");
    command->add_flag("--quiet", state->quiet, "No progress");
    return state;
}

Status branch(State& state) {
    const Result<CheckpointChoice> at = CheckpointChoice::parse(state.at);
    if (!at) return at.error();
    const Result<Experiment> source = Experiment::open(state.run);
    if (!source) return source.error();
    const Result<ParamSet> params = current_params(*source);
    if (!params) return params.error();
    const Result<Patch> patch = state.options.patch(params->schema());
    if (!patch) return patch.error();
    if (state.name.empty()) state.name = source->info().name + ", branch at " + state.at;
    return run_and_tell(
        prepare_branch(state.run, *at, state.folder().path(), state.name, *patch, state.sources()),
        state.quiet);
}

Status replay(State& state) {
    const Result<Experiment> source = Experiment::open(state.run);
    if (!source) return source.error();
    if (state.name.empty()) state.name = source->info().name + ", replay";
    return run_and_tell(
        prepare_replay(state.run, state.folder().path(), state.name, state.sources()), state.quiet);
}

}  // namespace

void add_branch(CLI::App& app, Handlers& handlers) {
    CLI::App* command = nullptr;
    auto state =
        add_command(app, "branch",
                    "Go on from a checkpoint of a run in a new run, with other settings", command);
    command->add_option("--at", state->at, "Which checkpoint: a step, best or latest")
        ->type_name("STEP|best|latest")
        ->capture_default_str();
    // The settings depend on the kind of run, which is known only later: --set takes any.
    state->options.add_to(*command, Schema());
    handlers[command] = [state] { return branch(*state); };
}

void add_replay(CLI::App& app, Handlers& handlers) {
    CLI::App* command = nullptr;
    auto state = add_command(
        app, "replay", "Do a run once more from its beginning, every change at its step", command);
    handlers[command] = [state] { return replay(*state); };
}

}  // namespace pentimento::cli
