// GAN training as a Run: networks, batches and bookkeeping around train_step().
#pragma once

#include <torch/torch.h>

#include <optional>

#include "core/data/sampler.h"
#include "core/gan/checkpoint.h"
#include "core/gan/device_feed.h"
#include "core/gan/evaluation.h"
#include "core/gan/health/health.h"
#include "core/gan/recorded_step.h"
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
    Status adopt(const std::filesystem::path& checkpoint_dir) override;
    std::int64_t steps_done() const override { return progression_.step; }

    /// For tests.
    Players& players() { return players_; }
    const Players& players() const { return players_; }
    const Generator& average() const { return *average_; }
    double augment_strength() const { return progression_.augment_strength; }
    std::size_t recordings() const { return recorded_.recordings(); }

  private:
    StepReport take_step();
    bool can_roll_back() const;
    /// `reason` tells what happened at step `broken`, for the person; `detail`, for the log.
    Result<StepReport> roll_back(const std::string& reason, std::int64_t broken,
                                 const std::string& detail = {});
    void remember();
    /// Tells of verdicts that were raised or cleared.
    static void tell(StepReport& report, const std::vector<HealthChange>& changes);
    void grow();
    void adapt_augmentation(const StepValues& values);
    StepValues train(const StepRules& rules);
    Batches batches_for_step();
    /// After states, networks or moments have been exchanged.
    void start_again_from_state();
    std::vector<Metric> measure(const StepValues& values);
    TrainingState state();

    ParamSet params_;
    PackedDataset data_;
    torch::Device device_;
    NetworkShape shape_;
    const Architecture* architecture_;
    std::uint64_t seed_;
    Players players_;
    std::shared_ptr<Generator> average_;  ///< the generator's moving average
    Sampler sampler_;
    Evaluations evaluations_;
    HealthMonitor health_;
    torch::Tensor preview_latents_;
    Progression progression_;
    Growth growth_;
    RecordedStep recorded_;
    std::optional<DeviceFeed> feed_;  ///< on a graphics card
    torch::Tensor real_signs_;  ///< there, what progression_.real_sign_sum has not been told yet
    /// Sound states to roll back to: the newest and one well before it, in case trouble began
    /// unseen.
    std::optional<SavedState> recent_, older_;
};

/// Architecture, loss, regularisers, size, channels and device fit each other; the message says
/// what does not and why.
Status check_params(const ParamSet& params);

NetworkShape shape_from(const ParamSet& params);

/// A generator with first weights, on the CPU.
std::shared_ptr<Generator> build_generator(const ParamSet& params);

/// 0, 1, …, classes − 1, 0, … for `count` pictures; undefined without classes.
torch::Tensor labels_in_turn(std::int64_t count, int classes);

/// Eval mode, no gradients, all latents in pieces that keep memory small → N×C×S×S in [−1, 1] on
/// the CPU, S the full `size` also while a network still grows.
torch::Tensor generate(Generator& generator, const torch::Tensor& latents,
                       const torch::Tensor& labels, const torch::Device& device, std::int64_t size);

}  // namespace pentimento::gan
