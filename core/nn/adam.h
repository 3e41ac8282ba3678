// Adam (Kingma and Ba 2014, arXiv:1412.6980) with settings that change while it works and a state
// that can be saved: LibTorch 1.13 loses the learning rate of an optimiser that it loads.
#pragma once

#include <torch/torch.h>

#include <memory>

#include "core/base/result.h"
#include "core/nn/module_state.h"

namespace pentimento::nn {

struct AdamSettings {
    double lr = 2e-4;
    double beta1 = 0.5;
    double beta2 = 0.999;
    double weight_decay = 0;  ///< L2, added to the gradient
};

class Adam {
  public:
    Adam(const torch::nn::Module& network, const AdamSettings& settings);

    /// Effective for the next step; moments are kept.
    void set(const AdamSettings& settings);
    void zero_grad() { optimiser_.zero_grad(); }
    void step() { optimiser_.step(); }
    /// The learning rate that LibTorch's parameter groups hold.
    double lr() const;

    /// "<parameter>.exp_avg", "<parameter>.exp_avg_sq" and "<parameter>.step" of every parameter
    /// that has been stepped.
    NamedTensors state() const;
    /// `what` names the source in messages. On an error nothing has changed.
    Status load(const TensorMap& saved, std::string_view what);

  private:
    torch::OrderedDict<std::string, torch::Tensor> parameters_;
    torch::optim::Adam optimiser_;
};

}  // namespace pentimento::nn
