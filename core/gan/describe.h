// What a training will be before it begins: its networks layer by layer, and what a step takes on
// this machine. No torch here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/params/param_set.h"

namespace pentimento::gan {

/// One operation of a forward pass with weights, or one that changes the shape.
struct LayerInfo {
    std::string kind;                  ///< "Convolution", "Linear", "Batch norm", "Up ×2" …
    std::string detail;                ///< "4×4, stride 2", "grouped by 4" …; may be empty
    std::vector<std::int64_t> input;   ///< shape without the batch: {512, 4, 4}
    std::vector<std::int64_t> output;  ///< {256, 8, 8}
    std::int64_t parameters = 0;       ///< of this operation; a weight used twice counts once
    std::int64_t multiply_adds = 0;    ///< for one picture
};

struct NetworkInfo {
    std::vector<LayerInfo> layers;  ///< in the order of computation
    std::int64_t parameters = 0;    ///< of the network
    std::int64_t multiply_adds = 0;
};

struct Description {
    NetworkInfo generator, discriminator;
};
/// Builds the networks on the CPU and watches one forward pass. Errors: those of make_run for
/// settings that do not fit, OutOfMemory.
Result<Description> describe(const ParamSet& params);

struct Estimate {
    std::string device;           ///< "cpu" or "cuda"
    double seconds_per_step = 0;  ///< measured; regularisers that are due now and then averaged in
    double pictures_per_second = 0;
    double total_seconds = 0;       ///< for all steps
    std::int64_t memory_bytes = 0;  ///< networks, averages, optimisers and activations, about
    std::int64_t checkpoint_bytes = 0;
};
/// Trains a few steps on made-up pictures and measures. Takes about a second on small networks;
/// stops early on slow ones. Uses the same threads as training would: not while another run is at
/// work. Errors: as describe().
Result<Estimate> estimate(const ParamSet& params);

}  // namespace pentimento::gan
