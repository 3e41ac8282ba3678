#include "app/cli/commands/all.h"
#include "app/cli/inline_run.h"
#include "app/cli/options.h"
#include "core/base/text.h"

namespace pentimento::cli {
namespace {

struct State {
    std::string data, out, resume, preset, name, from, at = "latest";
    bool quiet = false;
    ParamOptions options;
};

Result<PreparedRun> prepare_new(const State& state) {
    if (state.data.empty())
        return Error{ErrorCode::InvalidArgument,
                     "Name the pictures to learn from with --data, or a run with --resume.", ""};
    ParamSet params(gan::schema());
    if (!state.preset.empty()) {
        if (Status applied = apply_preset(params, state.preset, gan::presets()); !applied)
            return applied.error();
    }
    if (Status applied = state.options.apply_to(params); !applied) return applied.error();
    const Result<std::string> pack =
        pack_for(state.data, std::get<std::int64_t>(params.value("size")), state.quiet);
    if (!pack) return pack.error();
    // A pack has one size; naming another is a contradiction that silence would hide.
    if (Result<PackedDataset> data = PackedDataset::open(*pack);
        data && state.options.given("size") &&
        params.value("size") != ParamValue(std::int64_t{data->info().width}))
        return Error{ErrorCode::InvalidArgument,
                     *pack + " holds pictures of " + std::to_string(data->info().width) +
                         " px; leave out --size, or import them anew at " +
                         to_text(params.value("size")) + " px.",
                     ""};
    const std::string name =
        !state.name.empty() ? state.name : to_text(params.value("arch")) + " on " + state.data;
    const RunFolder folder = run_folder(state.out, name);
    std::optional<WeightsFrom> from;
    if (!state.from.empty()) {
        const Result<CheckpointChoice> at = CheckpointChoice::parse(state.at);
        if (!at) return at.error();
        from = WeightsFrom{state.from, *at};
    }
    return prepare_training(params, *pack, folder.path(), name, from);
}

Result<PreparedRun> prepare_again(const State& state) {
    Result<Experiment> experiment = Experiment::open(state.resume);
    if (!experiment) return experiment.error();
    if (experiment->info().kind != "gan")
        return Error{ErrorCode::Unsupported,
                     state.resume + " is a " + experiment->info().kind +
                         " run; resume it with 'pentimento-cli " + experiment->info().kind +
                         " --resume'.",
                     ""};
    Result<Patch> patch = state.options.patch(gan::schema());
    if (!patch) return patch.error();
    ResumeSources sources;
    if (!state.data.empty()) sources.pack = state.data;
    return prepare_resume(state.resume, std::nullopt, *patch, sources);
}

Status train(const State& state) {
    return run_and_tell(state.resume.empty() ? prepare_new(state) : prepare_again(state),
                        state.quiet);
}

}  // namespace

void add_train(CLI::App& app, Handlers& handlers) {
    auto state = std::make_shared<State>();
    CLI::App* command =
        app.add_subcommand("train", "Train a GAN on a dataset, or go on with a run");
    command
        ->add_option("--data", state->data,
                     "What to learn from: FILE.pack, or anything 'import' takes")
        ->type_name("SOURCE");
    command
        ->add_option("--out", state->out,
                     "The run's folder (default: a new one among the studio's runs)")
        ->type_name("RUN");
    CLI::Option* resume = add_resume(*command, state->resume);
    add_preset(*command, state->preset)->excludes(resume);
    CLI::Option* from =
        command
            ->add_option("--from", state->from,
                         "Begin with the weights of this run instead of random ones")
            ->type_name("RUN")
            ->excludes(resume);
    command->add_option("--at", state->at, "Which of its checkpoints: a step, best or latest")
        ->type_name("STEP|best|latest")
        ->capture_default_str()
        ->needs(from);
    command->add_option("--name", state->name, "What the studio calls the run");
    command->add_flag("--quiet", state->quiet, "No progress");
    state->options.add_to(*command, gan::schema());
    handlers[command] = [state] { return train(*state); };
}

}  // namespace pentimento::cli
