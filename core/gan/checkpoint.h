// What an exact continuation of GAN training needs, as files. See docs/FORMATS.md.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/gan/train_step.h"

namespace pentimento::gan {

/// Discriminator steps since the last report, for the share that was skipped.
struct DiscriminatorTally {
    std::int64_t taken = 0;
    std::int64_t skipped = 0;
};

/// References to everything that training changes.
struct TrainingState {
    const ParamSet& params;
    Players& players;
    Generator& average;
    std::int64_t& step;
    std::int64_t cursor = 0;  ///< pictures drawn
    DiscriminatorTally& tally;
};

/// generator, discriminator, average and both optimisers as safetensors; state.json with the rest.
/// Refuses (Numeric) networks that hold NaN or infinity.
Status save_checkpoint(const TrainingState& state, const std::filesystem::path& dir);

/// On an error training must not go on with `state`, which may be partly overwritten.
Status load_checkpoint(TrainingState& state, const std::filesystem::path& dir);

/// The averaged generator alone.
Status load_average(Generator& average, const std::filesystem::path& dir);

}  // namespace pentimento::gan
