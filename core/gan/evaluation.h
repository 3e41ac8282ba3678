// What a training measures of its pictures now and then, beside the losses of every step.
#pragma once

#include <torch/torch.h>

#include <optional>
#include <vector>

#include "core/data/pack.h"
#include "core/metrics/evaluator.h"
#include "core/params/param_set.h"
#include "core/session/run.h"

namespace pentimento::gan {

/// Loads nothing until the first evaluation is due. Never touches what training depends on.
class Evaluations {
  public:
    /// Made pictures for `count` latents of the evaluation's own.
    using Make = std::function<torch::Tensor(std::int64_t count)>;

    Evaluations(const PackedDataset& data, const torch::Device& device)
        : data_(data), device_(device) {}

    /// Whether `step` is one on which figures are due, by "evaluate_every"; the last step always is
    /// when evaluations are on.
    bool due(const ParamSet& params, std::int64_t step) const;
    /// The figures as metrics. What goes wrong becomes a warning event, once.
    struct Outcome {
        std::vector<Metric> metrics;
        std::vector<Event> events;
        std::optional<double> score;  ///< KID
    };
    Outcome evaluate(const ParamSet& params, const Make& make);

    /// Mean absolute change, in parts of the full range, of the pictures of fixed latents since the
    /// last call; nothing on the first call.
    std::optional<double> fixed_change(const torch::Tensor& pictures);

  private:
    Status prepare(const ParamSet& params);

    PackedDataset data_;
    torch::Device device_;
    std::optional<metrics::Evaluator> evaluator_;
    bool failed_ = false;
    torch::Tensor last_pictures_;
};

/// Built-in features for an empty name, else those of the weights file.
Result<metrics::FeaturesPointer> evaluation_features(const std::string& weights,
                                                     const torch::Device& device);

}  // namespace pentimento::gan
