// Everything that a page shows of a run on disk, read in one go away from the UI thread.
#pragma once

#include <optional>
#include <vector>

#include "core/gan/health/health.h"
#include "core/session/experiment.h"
#include "ui/plots/curve_data.h"

namespace pentimento::ui {

struct StoredRun {
    Experiment experiment;
    std::optional<ParamSet> params;  ///< nothing when the settings cannot be used any more
    std::vector<Curve> curves;       ///< of GAN runs, for a PlotDeck
    std::int64_t steps = 0;          ///< of its last report
    std::vector<Event> events;
    std::optional<gan::HealthMonitor> health;  ///< of GAN runs, judged by their whole record
};

Result<StoredRun> read_stored_run(const std::filesystem::path& directory);

}  // namespace pentimento::ui
