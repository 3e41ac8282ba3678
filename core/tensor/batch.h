// From packed pictures to a training batch.
#pragma once

#include <torch/torch.h>

#include <span>

#include "core/data/pack.h"
#include "core/data/sampler.h"

namespace pentimento::tensor {

/// The drawn pictures as float32 N×C×H×W in [−1, 1] on `device`.
torch::Tensor load_batch(const PackedDataset& data, std::span<const Draw> draws,
                         const torch::Device& device);

}  // namespace pentimento::tensor
