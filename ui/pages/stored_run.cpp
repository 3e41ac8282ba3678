// Reads a stored run.
#include "ui/pages/stored_run.h"

#include "core/gan/gan_run.h"
#include "core/jobs/jobs.h"
#include "ui/plots/plot_deck.h"

namespace pentimento::ui {

Result<StoredRun> read_stored_run(const std::filesystem::path& directory) {
    auto experiment = Experiment::open(directory);
    if (!experiment) return experiment.error();
    std::optional<ParamSet> params;
    if (auto present = current_params(*experiment)) params = *std::move(present);
    auto metrics = experiment->read_metrics();
    auto events = experiment->read_events();
    std::optional<gan::HealthMonitor> health;
    const RunInfo& info = experiment->info();
    if (info.kind == "gan" && !metrics.empty()) {
        ParamSet started(gan::schema());
        if (started.from_json(info.params)) {
            const bool counted = info.inputs.is_object() && info.inputs.contains("count") &&
                                 info.inputs["count"].is_number_integer();
            const std::int64_t pictures = counted ? info.inputs["count"].get<std::int64_t>() : 0;
            health = gan::judge_record(started, metrics, events, pictures).monitor;
        }
    }
    return StoredRun{*std::move(experiment),
                     std::move(params),
                     curves_of(gan::metric_specs(), metrics, PlotDeck::kSmoothing),
                     metrics.empty() ? 0 : metrics.back().step,
                     std::move(events),
                     std::move(health)};
}

}  // namespace pentimento::ui
