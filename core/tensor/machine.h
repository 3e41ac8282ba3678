// Puts a run where its settings want it. No torch here.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/params/param_set.h"

namespace pentimento::tensor {

/// Sets the number of threads from "threads" and gives the name of the device that "device" stands
/// for. Errors: those of resolve_device; nothing has changed then.
Result<std::string> set_up_machine(const ParamSet& params);

}  // namespace pentimento::tensor
