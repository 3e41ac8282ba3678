// What a training step needs from outside, in a graphics card's memory.
#pragma once

#include <torch/torch.h>

#include "core/data/pack.h"
#include "core/data/sampler.h"
#include "core/gan/train_step.h"

namespace pentimento::gan {

/// Pictures that a step will look at, as bytes at fixed places on the card. A dataset that fits
/// into a quarter of the card's free memory lies there as a whole; of a larger one, each step's
/// pictures are copied over while the card still works on the step before.
class DeviceFeed {
  public:
    DeviceFeed(const PackedDataset& data, const NetworkShape& shape, const torch::Device& device,
               bool flips);

    /// Draws the pictures of a step, `batches` × `batch`, and seeds the card's generator.
    void prepare(Sampler& sampler, std::int64_t batch, std::int64_t batches, std::uint64_t seed);
    /// Hands out what was prepared, from the beginning, however often that is done: recorded work
    /// finds the next step's pictures in the same places.
    Batches batches();

  private:
    void gather(const std::vector<Draw>& draws);
    RealBatch reals(std::int64_t first, std::int64_t count) const;

    const PackedDataset& data_;
    NetworkShape shape_;
    torch::Device device_;
    bool flips_;
    torch::Generator random_;
    torch::Tensor all_;       ///< N × bytes of a picture; undefined when it does not fit
    torch::Tensor pictures_;  ///< n × H × W × C bytes
    torch::Tensor mirrored_;  ///< n × 1 × 1 × 1 booleans
    torch::Tensor labels_;    ///< n numbers of classes; undefined without
};

}  // namespace pentimento::gan
