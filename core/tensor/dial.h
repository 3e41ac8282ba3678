// A number that may change while work is repeated.
#pragma once

#include <torch/torch.h>

namespace pentimento::tensor {

/// On the CPU a number and no more. On a graphics card it also lies in the card's memory, where
/// recorded work (core/tensor/recorder.h) finds what it is today. Copies share that memory.
class Dial {
  public:
    Dial(double value = 0) : value_(value) {}  // NOLINT: a plain number is a dial that stands still
    Dial(double value, const torch::Device& device) : value_(value) {
        if (!device.is_cpu())
            there_ = torch::full({}, value, torch::TensorOptions(device).dtype(torch::kFloat32));
    }

    double value() const { return value_; }
    /// In turn with other work of the current stream; never waits.
    void set(double value) {
        if (value == value_) return;
        value_ = value;
        if (there_.defined()) there_.fill_(value);
    }
    /// Whether work that was recorded finds later values.
    bool lasts() const { return there_.defined(); }
    /// The number as a tensor of no dimension: float64 on the CPU, float32 on the device.
    torch::Tensor tensor() const {
        return there_.defined() ? there_ : torch::scalar_tensor(value_, torch::kFloat64);
    }
    friend torch::Tensor operator*(const torch::Tensor& x, const Dial& dial) {
        return dial.there_.defined() ? x * dial.there_ : x * dial.value_;
    }

  private:
    double value_;
    torch::Tensor there_;
};

}  // namespace pentimento::tensor
