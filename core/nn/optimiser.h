// Adam, AdamW, RMSprop and SGD with settings that change while they work and a state that can be
// saved: LibTorch 1.13 loses the learning rate of an optimiser that it loads, and keeps the state
// of each kind in a class of its own.
#pragma once

#include <torch/torch.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/nn/module_state.h"
#include "core/tensor/dial.h"

namespace pentimento::nn {

enum class OptimiserKind {
    Adam,   ///< Kingma and Ba 2014, arXiv:1412.6980
    AdamW,  ///< Loshchilov and Hutter 2017, arXiv:1711.05101: weight decay apart from the gradient
    RmsProp,  ///< Tieleman and Hinton 2012
    Sgd,      ///< with momentum
};

struct OptimiserSettings {
    OptimiserKind kind = OptimiserKind::Adam;
    double lr = 2e-4;
    double beta1 = 0.5;    ///< Adam's first moment; the momentum of RMSprop and SGD
    double beta2 = 0.999;  ///< Adam's second moment; RMSprop's smoothing
    double epsilon = 1e-8;
    double weight_decay = 0;  ///< L2, added to the gradient; for AdamW taken from the weight itself
};

/// The moments of all parameters; those that never had a gradient have none.
class Optimiser {
  public:
    Optimiser(const torch::nn::Module& network, const OptimiserSettings& settings);

    /// Effective for the next step; moments are kept. The kind cannot change.
    void set(const OptimiserSettings& settings);
    void zero_grad();
    void step();
    /// Forgets all moments, as progressive growing does at each new size.
    void reset();
    double lr() const { return settings_.lr; }
    torch::Device device() const { return device_; }
    /// What a recorded step (core/tensor/recorder.h) takes as given: everything but the learning
    /// rate where that is a dial.
    std::string fixed_settings() const;

    /// "<parameter>.exp_avg", "<parameter>.exp_avg_sq" (as far as the kind has them) and
    /// "<parameter>.step" of every parameter that has been stepped. The tensors are the optimiser's
    /// own.
    NamedTensors state() const;
    /// `what` names the source in messages. On an error nothing has changed.
    Status load(const TensorMap& saved, std::string_view what);

  private:
    struct Slot {
        std::string name;
        torch::Tensor parameter;
        torch::Tensor first, second;  ///< undefined until the first step
        std::int64_t steps = 0;
        torch::Tensor count;  ///< the same on a graphics card, where steps may be recorded

        std::int64_t steps_taken() const {
            return count.defined() ? count.item<std::int64_t>() : steps;
        }
    };
    bool fused() const;
    void step_fused();
    void begin(Slot& slot) const;
    bool has_first() const;
    bool has_second() const;
    bool is_adam() const;
    void step_one(Slot& slot) const;
    /// Adam on the CPU: LibTorch's operations go over memory seventeen times.
    void step_in_one_pass(Slot& slot) const;

    OptimiserSettings settings_;
    std::vector<Slot> slots_;
    torch::Device device_ = torch::kCPU;
    tensor::Dial rate_;
};

}  // namespace pentimento::nn
