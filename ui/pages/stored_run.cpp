// Reads a stored run.
#include "ui/pages/stored_run.h"

#include "core/jobs/jobs.h"

namespace pentimento::ui {

Result<StoredRun> read_stored_run(const std::filesystem::path& directory) {
    auto experiment = Experiment::open(directory);
    if (!experiment) return experiment.error();
    std::optional<ParamSet> params;
    if (auto present = current_params(*experiment)) params = *std::move(present);
    auto metrics = experiment->read_metrics();
    auto events = experiment->read_events();
    return StoredRun{*std::move(experiment), std::move(params), std::move(metrics),
                     std::move(events)};
}

}  // namespace pentimento::ui
