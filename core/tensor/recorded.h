// A function of tensors that a graphics card does from a recording (core/tensor/recorder.h).
#pragma once

#include <torch/torch.h>

#include <functional>
#include <utility>
#include <vector>

#include "core/tensor/recorder.h"

namespace pentimento::tensor {

/// Takes care of what recordings ask of inputs: they are copied to where the recording looks for
/// them, and other sizes begin a recording of their own. On the CPU it is the function itself.
class Recorded {
  public:
    using Tensors = std::vector<torch::Tensor>;

    Recorded(const torch::Device& device, std::function<Tensors(const Tensors&)> function)
        : function_(std::move(function)), recorder_(device) {}

    Recorded(const Recorded&) = delete;
    Recorded& operator=(const Recorded&) = delete;

    /// On a graphics card the next call overwrites the result.
    Tensors operator()(const Tensors& inputs) {
        if (!recorder_.records()) return function_(inputs);
        if (fits(inputs)) {
            for (std::size_t i = 0; i < inputs.size(); ++i) inputs_[i].copy_(inputs[i]);
        } else {
            recorder_.forget();
            inputs_.clear();
            for (const auto& input : inputs) inputs_.push_back(input.clone());
        }
        recorder_.run("function", [this] { outputs_ = function_(inputs_); });
        return outputs_;
    }

  private:
    bool fits(const Tensors& inputs) const {
        if (inputs.size() != inputs_.size()) return false;
        for (std::size_t i = 0; i < inputs.size(); ++i)
            if (inputs[i].sizes() != inputs_[i].sizes() ||
                inputs[i].scalar_type() != inputs_[i].scalar_type())
                return false;
        return true;
    }

    std::function<Tensors(const Tensors&)> function_;
    Tensors inputs_, outputs_;
    Recorder recorder_;
};

}  // namespace pentimento::tensor
