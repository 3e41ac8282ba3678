// What a refinement will take, and how large a tile may be.
#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "core/nn/features/feature_network.h"
#include "core/params/param_set.h"
#include "core/style/style_run.h"

namespace pentimento::style {

/// Bytes that one iteration on width × height px needs, the program and the picture's own tensors
/// included; `tile` 0 for the whole at once. Calibrated against measured peaks: docs/BENCHMARKS.md.
std::int64_t iteration_memory(const nn::FeatureNetwork& network,
                              const nn::FeatureDefinition& definition, const ParamSet& params,
                              std::int64_t width, std::int64_t height, std::int64_t tile);

/// The tile parameter, or, when it is 0, what fits: 0 when the whole picture does.
std::int64_t choose_tile(const nn::FeatureNetwork& network, const nn::FeatureDefinition& definition,
                         const ParamSet& params, std::int64_t width, std::int64_t height,
                         std::int64_t available);

/// Memory that this process may still take: of the machine and of its control group, or of a
/// graphics card.
std::int64_t available_memory(const torch::Device& device);

}  // namespace pentimento::style
