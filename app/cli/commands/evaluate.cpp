#include <cmath>

#include "app/cli/commands/all.h"
#include "core/base/text.h"
#include "core/jobs/jobs.h"

namespace pentimento::cli {
namespace {

struct State {
    std::string run, data, features;
    std::int64_t count = 1000, seed = 1;
    bool best = false, json = false;
};

/// JSON has no NaN.
Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json();
}

Status evaluate(const State& state) {
    const auto found = evaluate_run(state.run,
                                    {.count = state.count,
                                     .seed = static_cast<std::uint64_t>(state.seed),
                                     .features = state.features},
                                    state.best, state.data);
    if (!found) return found.error();
    const metrics::Evaluation& f = found->figures;
    if (state.json) {
        std::printf("%s\n", Json{{"step", found->step},
                                 {"kid", number(f.kid)},
                                 {"kid_error", number(f.kid_error)},
                                 {"fid", number(f.fid)},
                                 {"fid_comparable", f.fid_comparable},
                                 {"fid_note", f.fid_note},
                                 {"precision", number(f.precision)},
                                 {"recall", number(f.recall)},
                                 {"diversity", number(f.diversity)},
                                 {"nearest", number(f.nearest_ratio)},
                                 {"features", f.features},
                                 {"real_count", f.real_count},
                                 {"generated_count", f.generated_count}}
                                .dump(2)
                                .c_str());
        return {};
    }
    std::printf("Step %s, %s made and %s real pictures, features: %s\n",
                format_count(found->step).c_str(), format_count(f.generated_count).c_str(),
                format_count(f.real_count).c_str(), f.features.c_str());
    std::printf("KID        %.4f ± %.4f\n", f.kid, f.kid_error);
    std::printf("FID        %.2f  %s\n", f.fid, f.fid_note.c_str());
    std::printf("Precision  %.3f\nRecall     %.3f\n", f.precision, f.recall);
    std::printf("Diversity  %.2f of the dataset's\n", f.diversity);
    std::printf("Nearest    %.2f (below about 0.35: copies of training pictures)\n",
                f.nearest_ratio);
    return {};
}

}  // namespace

void add_evaluate(CLI::App& app, Handlers& handlers) {
    auto state = std::make_shared<State>();
    CLI::App* command = app.add_subcommand(
        "evaluate", "Measure a run's pictures: KID, FID, precision, recall, diversity, copies");
    command->add_option("run", state->run, "The run's folder")->required()->type_name("RUN");
    command->add_option("--count", state->count, "How many pictures to make and compare")
        ->check(CLI::Range(32, 50'000))
        ->capture_default_str();
    command->add_option("--seed", state->seed, "Which pictures")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command
        ->add_option("--features", state->features,
                     "Weights of VGG-19, SqueezeNet or the official Inception to compare by "
                     "(default: built-in features)")
        ->type_name("FILE");
    command->add_option("--data", state->data, "The run's dataset, if it has moved")
        ->type_name("FILE.pack");
    command->add_flag("--best", state->best, "The best checkpoint instead of the newest");
    command->add_flag("--json", state->json, "For programs");
    handlers[command] = [state] { return evaluate(*state); };
}

}  // namespace pentimento::cli
