// What differs between the kinds of stored runs, and how one is made. Private to the jobs layer.
#pragma once

#include <functional>
#include <map>

#include "core/jobs/jobs.h"

namespace pentimento::jobs {

/// Makes the Run of a stored experiment from its inputs, with the settings it shall use.
using Maker = std::function<Result<std::unique_ptr<Run>>(const ParamSet&)>;

struct Kind {
    std::function<Schema()> schema;
    /// Finds what the run needs, or says what is missing. What takes long is left to the Maker,
    /// which is called on the worker's thread.
    std::function<Result<Maker>(const Experiment&, const ResumeSources&)> maker;
    std::function<std::vector<MetricSpec>()> metric_specs;
};
/// By id: "gan", "style". Tests add kinds of their own.
std::map<std::string, Kind>& kinds();
/// Unsupported when this version does not know it.
Result<Kind> find_kind(const std::string& id);

/// Intervals and the sample writer from the parameters.
WorkerOptions options_for(const ParamSet& params, Experiment experiment);

/// Makes the Run of a stored experiment: new (from another run's weights if it was started so), or
/// continued from `checkpoint`; a replay goes on as one. `params` are what it shall use.
Result<Worker::Factory> factory_for(const Experiment& experiment, const ParamSet& params,
                                    const std::optional<Experiment::Checkpoint>& checkpoint,
                                    const ResumeSources& sources);

/// Factory and options together.
Result<PreparedRun> prepared(Experiment experiment, const ParamSet& params,
                             const std::optional<Experiment::Checkpoint>& checkpoint,
                             const ResumeSources& sources);

/// In a run's folder: the checkpoint whose weights it began with.
inline constexpr const char* kWeightsFolder = "inputs/weights";

/// Writes the folder of a new run as a whole: run.json, and what `fill` adds to it.
Result<Experiment> create_run(const std::filesystem::path& dir, RunInfo info,
                              const std::function<Status(const std::filesystem::path&)>& fill);
/// Files and folders below `from`, without `leave_out` (the name of an entry of `from` itself).
Status copy_folder(const std::filesystem::path& from, const std::filesystem::path& to,
                   const std::string& leave_out = {});

/// A new run of any kind with `info` (whose params are replaced by `params`), from the weights of
/// `from` if that is given. `fill` adds files of its own to the new folder.
Result<PreparedRun> start_run(const std::filesystem::path& dir, RunInfo info,
                              const ParamSet& params, const std::optional<WeightsFrom>& from,
                              const std::function<Status(const std::filesystem::path&)>& fill = {});

}  // namespace pentimento::jobs
