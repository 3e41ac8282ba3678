// Coarse to fine: the sizes that a run goes through, and when. No torch here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/params/param_set.h"

namespace pentimento::style {

/// The longer edges that a run works at, the last one being `size`. Coarse to fine, each is √2
/// times the one before it, from min_size on; sizes below `smallest` are left out. With scales =
/// one, `size` alone.
std::vector<int> scale_edges(const ParamSet& params, int smallest);

/// The steps after which each scale ends; the last one ends with the run. Each gets
/// steps_per_scale, or with 0 an equal part of all steps, the first twice as many. Every scale but
/// those that a short run has no time for gets at least one step.
std::vector<std::int64_t> scale_ends(const ParamSet& params, std::size_t scales);

}  // namespace pentimento::style
