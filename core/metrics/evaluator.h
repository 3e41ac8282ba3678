// How good are the pictures that a generator makes? Compares them with a dataset, often and cheaply
// enough to run inside training. Torch inside: not for ui; the figures are in evaluation.h.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/result.h"
#include "core/data/pack.h"
#include "core/metrics/evaluation.h"
#include "core/metrics/features.h"

namespace pentimento::metrics {

struct EvaluatorSettings {
    std::int64_t real_count = 512;       ///< real pictures to compare with, drawn by `seed`
    std::int64_t searched_count = 5000;  ///< training pictures to search for the nearest one
    bool mirrored = false;  ///< search their mirror images too: for training with flips
    std::uint64_t seed = 0;
    int neighbours = 3;  ///< k of precision and recall
};

class Evaluator {
  public:
    /// Called with the share done, 0 … 1; returning false cancels.
    using Progress = std::function<bool(double)>;

    /// Extracts the features of the real pictures once: some 500 to 1,000 a second and core with
    /// the built-in features. At most as many pictures as the dataset holds are used. Errors:
    /// InvalidArgument when the dataset or the settings allow fewer than neighbours + 2 pictures,
    /// Cancelled, OutOfMemory.
    static Result<Evaluator> create(const PackedDataset& data, FeaturesPointer features,
                                    const EvaluatorSettings& settings = {},
                                    const Progress& progress = {});

    /// `generated`: N×C×H×W in [−1, 1], on any device, at least neighbours + 2 pictures; give as
    /// many as real_count() for figures that mean the same every time. Draws no random numbers that
    /// training could notice; equal pictures give equal figures. Errors: InvalidArgument (shape),
    /// Numeric (NaN or infinity), OutOfMemory.
    Result<Evaluation> evaluate(const torch::Tensor& generated) const;

    /// The same for features() of pictures that were made and extracted in portions. `seconds`
    /// leaves the extraction out.
    Result<Evaluation> evaluate_features(const torch::Tensor& features) const;

    const MetricFeatures& features() const;
    std::int64_t real_count() const;

    Evaluator(Evaluator&&) noexcept;
    Evaluator& operator=(Evaluator&&) noexcept;
    ~Evaluator();

  private:
    struct Impl;
    explicit Evaluator(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento::metrics
