// What the training of all style networks has in common: pictures, optimiser, checkpoints.
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "core/data/pack.h"
#include "core/nn/optimiser.h"
#include "core/session/run.h"

namespace pentimento::style::train {

/// The drawn pictures of each step of a dataset, whole, mirrored as drawn, [n, 3, h, w] in [0, 1]
/// on `device`. A graphics card need not wait for them: those of the next step are loaded while it
/// works.
class Batches {
  public:
    Batches(PackedDataset data, bool without_held_out, std::uint64_t seed,
            const torch::Device& device);
    Batches(const Batches&) = delete;
    Batches& operator=(const Batches&) = delete;
    torch::Tensor at(std::int64_t step, std::int64_t count);

  private:
    torch::Tensor load(std::int64_t step, std::int64_t count) const;

    PackedDataset data_;
    bool without_held_out_;
    std::uint64_t seed_;
    torch::Device device_;
    std::pair<std::int64_t, std::int64_t> awaited_;  ///< step and count of `next_`
    std::future<torch::Tensor> next_;                ///< the last member: loading uses the others
};

/// Random crops of such pictures, of `crop` px.
torch::Tensor random_crops(const torch::Tensor& pictures, std::int64_t crop,
                           torch::Generator& random);

/// One network learns from random crops of pictures. Everything random depends on (seed, step), so
/// a resumed run goes on exactly where it was.
class NetworkRun : public Run {
  public:
    std::string kind() const override { return "style-training"; }
    const ParamSet& params() const override { return params_; }
    std::vector<MetricSpec> metric_specs() const override;
    std::int64_t steps_done() const override { return steps_done_; }
    Status apply(const Patch& patch) override { return params_.apply(patch); }
    Result<StepReport> step() override;
    Result<Preview> preview() override;
    Status save(const std::filesystem::path& dir) override;
    Status restore(const std::filesystem::path& dir) override;
    /// What has the same name and shape; Unsupported when that is nothing.
    Status adopt(const std::filesystem::path& checkpoint_dir) override;

    static constexpr const char* kNetworkFile = "network.safetensors";

  protected:
    using Terms = std::vector<std::pair<std::string, torch::Tensor>>;

    /// `network` is what learns and what is saved.
    NetworkRun(ParamSet params, PackedDataset pictures, std::shared_ptr<torch::nn::Module> network,
               const torch::Device& device);

    /// The terms of the loss for pictures [N, 3, s, s] in [0, 1]; "total" is minimised.
    virtual Terms terms(const torch::Tensor& pictures, torch::Generator& random) = 0;
    /// The same on pictures that are never learned from, as metrics; without gradients.
    virtual std::vector<Metric> held_out(const torch::Tensor& pictures) = 0;
    /// The content and style loss among `terms` as what they are for pictures never learned from.
    static std::vector<Metric> unseen(const Terms& terms);
    static torch::Tensor few(const torch::Tensor& pictures) {
        return pictures.narrow(0, 0, std::min<std::int64_t>(8, pictures.size(0)));
    }
    /// A grid of `columns` × rows pictures [n, 3, s, s] made from held-out ones; empty when there
    /// is nothing to show.
    virtual torch::Tensor show(const torch::Tensor& pictures, int& columns) = 0;

    /// `count` pictures that are never learned from, or that are; whole, [count, 3, s, s] in [0,
    /// 1].
    torch::Tensor held_out_pictures(std::int64_t count) const;
    torch::Tensor learned_pictures(std::int64_t count) const;
    const torch::Device& device() const { return device_; }

    ParamSet params_;

  private:
    double rate() const;
    /// All terms at once into `report`. False when a loss since the last time was no number.
    bool read_metrics(const Terms& parts, StepReport& report);
    torch::Tensor spread_pictures(std::int64_t from, std::int64_t every, std::int64_t count) const;

    PackedDataset pictures_;
    bool holds_out_;  ///< every kHeldOutEvery-th picture; not in a small dataset
    Batches batches_;
    std::shared_ptr<torch::nn::Module> network_;
    torch::Device device_;
    nn::Optimiser optimiser_;
    std::int64_t steps_done_ = 0;
    torch::Tensor losses_;  ///< on a graphics card: the sum of those that nobody has looked at
};

/// Every so many pictures of a dataset one is held out: datasets are often sorted by kind.
inline constexpr std::int64_t kHeldOutEvery = 20;

}  // namespace pentimento::style::train
