// What an exact continuation of GAN training needs, in memory and as files. See docs/FORMATS.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "core/gan/train_step.h"

namespace pentimento::gan {

/// What training counts beside the networks.
struct Progression {
    std::int64_t step = 0;
    std::int64_t cursor = 0;     ///< pictures drawn
    std::int64_t d_taken = 0;    ///< discriminator steps since the last report …
    std::int64_t d_skipped = 0;  ///< … and those left out
    std::int64_t grown_to = 0;   ///< pixels, for networks that grow
    std::int64_t rollbacks = 0;
    double augment_strength = 0;       ///< of adaptive augmentation
    double real_sign_sum = 0;          ///< r_t since adaptive augmentation last looked …
    std::int64_t real_sign_count = 0;  ///< … over this many steps
    std::int64_t ada_cursor = 0;       ///< pictures drawn when it last looked
};

/// References to everything that training changes.
struct TrainingState {
    const ParamSet& params;
    Players& players;
    Generator& average;
    Progression& progression;
};

/// A state, apart from the networks it came from.
struct SavedState {
    std::map<std::string, nn::NamedTensors> files;  ///< by file name
    Json json;
};

/// A deep copy, on the graphics card where the networks are if there is room, else on the CPU.
SavedState capture(const TrainingState& state);
/// On an error training must not go on with `state`, which may be partly overwritten.
Status apply(const SavedState& saved, TrainingState& state, std::string_view what);

/// generator, discriminator, average and both optimisers as safetensors; state.json with the rest.
/// Refuses (Numeric) networks that hold NaN or infinity.
Status save_checkpoint(const TrainingState& state, const std::filesystem::path& dir);
Status load_checkpoint(TrainingState& state, const std::filesystem::path& dir);

/// The averaged generator alone.
Status load_average(Generator& average, const std::filesystem::path& dir);
/// How many pictures the networks of a checkpoint had seen.
Result<std::int64_t> pictures_drawn(const std::filesystem::path& dir);
/// All three networks' weights without optimisers and counters: where a new training begins.
Status load_weights(TrainingState& state, const std::filesystem::path& dir);

}  // namespace pentimento::gan
