// Random numbers of an augmentation: always all of them, whatever the strength and the picture
// size.
#pragma once

#include <torch/torch.h>

#include "core/tensor/random.h"

namespace pentimento::gan {

/// Columns of random numbers, one row a picture, drawn in the order of the calls on the device of
/// the generator.
class Draws {
  public:
    Draws(std::int64_t count, torch::Generator random)
        : count_(count),
          random_(std::move(random)),
          options_(tensor::drawn_by(random_).dtype(torch::kFloat64)) {}

    /// N numbers, uniform in [low, high).
    torch::Tensor uniform(double low, double high) {
        return torch::empty({count_}, options_).uniform_(low, high, random_);
    }
    /// N normals with mean 0.
    torch::Tensor normal(double deviation) {
        return torch::empty({count_}, options_).normal_(0.0, deviation, random_);
    }
    /// N whole numbers 0 … choices − 1.
    torch::Tensor choice(int choices) { return uniform(0, choices).floor(); }
    /// N booleans, true with this probability, a tensor of no dimension. 1 is always true.
    torch::Tensor gate(const torch::Tensor& probability) { return uniform(0, 1) < probability; }

    std::int64_t count() const { return count_; }
    /// float64, where the numbers are drawn.
    const torch::TensorOptions& options() const { return options_; }

  private:
    std::int64_t count_;
    torch::Generator random_;
    torch::TensorOptions options_;
};

/// `value` where the gate is open, else `neutral`.
inline torch::Tensor gated(const torch::Tensor& gate, const torch::Tensor& value, double neutral) {
    return torch::where(gate, value, torch::full_like(value, neutral));
}

}  // namespace pentimento::gan
