// What differs between the kinds of stored runs. Private to the jobs layer.
#pragma once

#include "core/jobs/jobs.h"

namespace pentimento::jobs {

/// The schema of a run kind ("gan", "style"), or Unsupported.
Result<Schema> schema_of(const std::string& kind);

/// Intervals and the sample writer from the parameters.
WorkerOptions options_for(const ParamSet& params, Experiment experiment);

/// Makes the Run of a stored experiment from its inputs, `params` being what it shall use.
Result<Worker::Factory> factory_for(const Experiment& experiment, const ParamSet& params,
                                    const ResumeSources& sources);

}  // namespace pentimento::jobs
