#include "app/cli/commands/all.h"
#include "core/jobs/jobs.h"

namespace pentimento::cli {

void add_sample(CLI::App& app, Handlers& handlers) {
    struct State {
        std::string run, out;
        std::int64_t count = 64, seed = 1;
        int grid = 8;
        bool strip = false;
    };
    auto state = std::make_shared<State>();
    CLI::App* command =
        app.add_subcommand("sample", "Make pictures with the newest generator of a run");
    command->add_option("run", state->run, "The run's folder")->required()->type_name("RUN");
    command->add_option("--count", state->count, "How many pictures")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    command->add_option("--grid", state->grid, "Pictures in a row")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    command->add_option("--seed", state->seed, "Which pictures")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_option("--out", state->out, "PNG, JPEG, WebP, TIFF or BMP")
        ->required()
        ->type_name("FILE");
    command->add_flag("--strip", state->strip, "Leave the settings out of the picture");
    handlers[command] = [state]() -> Status {
        Result<Preview> preview =
            sample_run(state->run, {.count = state->count,
                                    .columns = state->grid,
                                    .seed = static_cast<std::uint64_t>(state->seed)});
        if (!preview) return preview.error();
        WriteOptions options;
        if (!state->strip) {
            Result<Experiment> experiment = Experiment::open(state->run);
            if (!experiment) return experiment.error();
            Json settings = export_settings(*experiment, preview->step);
            settings["sample"] = {
                {"count", state->count}, {"columns", state->grid}, {"seed", state->seed}};
            options.settings = settings.dump();
            options.readable = readable_settings(settings);
        }
        if (Status written = write_picture(state->out, preview->frame, options); !written)
            return written;
        std::printf("%s: %lld pictures from step %lld\n", state->out.c_str(),
                    static_cast<long long>(state->count), static_cast<long long>(preview->step));
        return {};
    };
}

}  // namespace pentimento::cli
