// GAN training as a Run: networks, batches and bookkeeping around train_step().
#pragma once

#include <torch/torch.h>

#include <optional>

#include "core/data/sampler.h"
#include "core/gan/checkpoint.h"
#include "core/gan/train_step.h"

namespace pentimento::gan {

class GanTraining : public Run {
  public:
    /// `params` must have passed check_params(); `device` is "cpu" or "cuda".
    GanTraining(const ParamSet& params, PackedDataset data, const std::string& device);

    std::string kind() const override { return "gan"; }
    const ParamSet& params() const override { return params_; }
    std::vector<MetricSpec> metric_specs() const override;
    Status apply(const Patch& patch) override;
    Result<StepReport> step() override;
    Result<Preview> preview() override;
    Status save(const std::filesystem::path& dir) override;
    Status restore(const std::filesystem::path& dir) override;
    std::int64_t steps_done() const override { return step_; }

    /// For tests.
    const Players& players() const { return players_; }
    const Generator& average() const { return *average_; }

  private:
    void take_settings();
    StepReport take_step();
    std::vector<Metric> measure(const StepValues& values);
    Batches batches_for_step();
    TrainingState state();

    ParamSet params_;
    PackedDataset data_;
    torch::Device device_;
    NetworkShape shape_;
    std::uint64_t seed_;
    Players players_;
    std::shared_ptr<Generator> average_;  ///< the generator's moving average
    Sampler sampler_;
    StepRules rules_;
    torch::Tensor preview_latents_;
    std::int64_t step_ = 0;
    DiscriminatorTally tally_;
};

/// Architecture, loss, size and channels fit each other; the message says what does not.
Status check_params(const ParamSet& params);

NetworkShape shape_from(const ParamSet& params);

/// A generator with first weights, on the CPU.
std::shared_ptr<Generator> build_generator(const ParamSet& params);

/// Eval mode, no gradients, all latents in pieces that keep memory small → N×C×S×S in [−1, 1] on
/// the CPU.
torch::Tensor generate(Generator& generator, const torch::Tensor& latents,
                       const torch::Device& device);

}  // namespace pentimento::gan
