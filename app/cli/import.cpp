#include "core/media/import.h"
#include "app/cli/commands.h"
#include "app/cli/inline_run.h"
#include "app/cli/options.h"
#include "core/base/text.h"
#include "core/session/workspace.h"

namespace pentimento::cli {
namespace {

Status import_to(const std::string& source, const ParamSet& params, const fs::path& out,
                 bool quiet) {
    PreparedRun run;
    run.factory = [=] { return make_import_run(source, params, out); };
    Result<InlineOutcome> outcome = run_in_terminal(std::move(run), quiet);
    if (!outcome) return outcome.error();
    if (outcome->interrupted)
        return Error{ErrorCode::Cancelled, "The import was stopped; nothing was written.", ""};
    if (quiet) return {};
    Result<PackedDataset> data = PackedDataset::open(out);
    if (!data) return data.error();
    const PackInfo& info = data->info();
    std::printf("%s: %s pictures of %d×%d px, %s", out.c_str(), format_count(info.count).c_str(),
                info.width, info.height, info.channels == 1 ? "grey" : "colour");
    if (!info.class_names.empty()) std::printf(", %zu classes", info.class_names.size());
    std::printf("\n");
    if (info.skipped > 0) {
        std::printf("%s left out:\n", format_count(info.skipped).c_str());
        const std::size_t shown = std::min<std::size_t>(info.problems.size(), 10);
        for (std::size_t i = 0; i < shown; ++i)
            std::printf("  %s: %s\n", info.problems[i].source.c_str(),
                        info.problems[i].reason.c_str());
        if (info.skipped > static_cast<std::int64_t>(shown))
            std::printf("  … and %s more\n",
                        format_count(info.skipped - static_cast<std::int64_t>(shown)).c_str());
    }
    return {};
}

}  // namespace

Result<std::string> pack_for(const std::string& source, std::int64_t size, bool quiet) {
    Result<SourceGuess> guess = guess_source(source);
    if (!guess) return guess.error();
    if (guess->kind == "pack") return guess->source;
    ParamSet params(import_schema());
    if (Status set = params.set("size", size); !set) return set.error();
    const fs::path folder = Workspace::standard().packs();
    if (Status made = make_directories(folder); !made) return made.error();
    const fs::path out = folder / (import_cache_key(guess->source, params) + ".pack");
    if (PackedDataset::open(out)) return out.string();
    if (!quiet) std::fprintf(stderr, "Importing %s\n", guess->label.c_str());
    if (Status imported = import_to(guess->source, params, out, quiet); !imported)
        return imported.error();
    return out.string();
}

void add_import(CLI::App& app, Handlers& handlers) {
    struct State {
        std::string source, out;
        bool quiet = false;
        ParamOptions options;
    };
    auto state = std::make_shared<State>();
    CLI::App* command = app.add_subcommand(
        "import", "Build a packed dataset from a folder, archive, IDX, CIFAR or emoji font");
    command
        ->add_option("source", state->source,
                     "A folder | an archive | idx:DIR | cifar:DIR | emoji[:FONT]")
        ->required()
        ->type_name("SOURCE");
    command->add_option("--out", state->out, "The dataset file to write")
        ->required()
        ->type_name("FILE.pack");
    command->add_flag("--quiet", state->quiet, "No progress");
    state->options.add_to(*command, import_schema());
    handlers[command] = [state]() -> Status {
        ParamSet params(import_schema());
        if (Status applied = state->options.apply_to(params); !applied) return applied;
        Result<SourceGuess> guess = guess_source(state->source);
        if (!guess) return guess.error();
        if (guess->kind == "pack")
            return Error{ErrorCode::InvalidArgument,
                         state->source + " is a packed dataset already; use it as it is.", ""};
        return import_to(guess->source, params, state->out, state->quiet);
    };
}

}  // namespace pentimento::cli
