// Training of the networks of style transfer, as seen from outside. No torch here.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/frame.h"
#include "core/base/result.h"
#include "core/data/pack.h"
#include "core/params/param_set.h"
#include "core/session/run.h"

namespace pentimento::style::train {

const Schema& schema();

struct Inputs {
    PackedDataset pictures;               ///< to learn from; colour
    std::optional<PackedDataset> styles;  ///< for "decoder": paintings
    std::optional<Frame> style;           ///< for "painter": the picture whose style it learns
    /// Of VGG-19: the teacher of "features"; for the others the network that judges, or empty for
    /// the built-in one.
    std::filesystem::path weights;
    /// For the others: a feature network of one's own in place of the built-in one; may be empty.
    std::filesystem::path encoder;
};

/// What each of the networks measures; also for showing stored runs.
std::vector<MetricSpec> metric_specs();

/// A Run of the kind "style-training". InvalidArgument says which input is missing.
Result<std::unique_ptr<Run>> make_run(const ParamSet& params, Inputs inputs);

/// Writes the trained network of a checkpoint as safetensors in half precision, with what it is and
/// how it was trained in the metadata. `name`: of the training.
Status export_network(const std::filesystem::path& checkpoint, const ParamSet& params,
                      const std::filesystem::path& out, const std::string& name = {});

}  // namespace pentimento::style::train
