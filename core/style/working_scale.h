// One size of a coarse-to-fine run: the objective there, made from the person's own pictures.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <vector>

#include "core/base/result.h"
#include "core/nn/features/feature_network.h"
#include "core/params/param_set.h"
#include "core/style/objective.h"
#include "core/style/style_run.h"

namespace pentimento::style {

/// What all sizes are made from.
struct Ingredients {
    const nn::FeatureDefinition* definition = nullptr;
    std::shared_ptr<const nn::FeatureNetwork> network;
    StyleInputs inputs;
    torch::Device device = torch::kCPU;
    std::vector<int> edges;  ///< the longer edge at each size

    /// Errors: InvalidArgument for inputs that cannot work, those of load_features and
    /// resolve_device.
    static Result<Ingredients> prepare(const ParamSet& params, StyleInputs inputs);
    /// Content, styles and masks at that size, on the device.
    Result<Pictures> pictures(const ParamSet& params, std::size_t scale) const;
    /// Those alone, for a picture of that size.
    std::vector<torch::Tensor> masks(std::int64_t width, std::int64_t height) const;
    /// [1, 3, h, w]
    Result<torch::Tensor> content(std::size_t scale) const;
};

struct WorkingScale {
    std::size_t index = 0;
    Objective objective;
    std::vector<std::int64_t> shape;  ///< of the picture, {1, 3, h, w}

    static Result<WorkingScale> make(const Ingredients& ingredients, const ParamSet& params,
                                     std::size_t index);
    /// As make, with the pictures at hand.
    static WorkingScale of(const Ingredients& ingredients, const ParamSet& params,
                           std::size_t index, const Pictures& pictures);
};

}  // namespace pentimento::style
