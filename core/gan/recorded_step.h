// Training steps that a graphics card takes from recordings.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/gan/train_step.h"
#include "core/tensor/recorder.h"

namespace pentimento::gan {

/// train_step() and the average's update as one piece of work; on a graphics card recorded, once
/// for each combination of what is due at a step. There, what changes from step to step without
/// changing the operations (rates, weights of penalties, strengths) lies in dials.
class RecordedStep {
  public:
    explicit RecordedStep(const torch::Device& device);

    /// Where steps are recorded, `batches` must give tensors that stay where they are (DeviceFeed)
    /// and the device's own generator. It is asked anew for each attempt at the step, all of which
    /// are to get the same. The values are good until the next step.
    StepValues take(Players& players, Generator& average, double average_decay, StepRules rules,
                    const std::function<Batches()>& batches);
    /// For when moments, networks or anything else that steps work on have been exchanged.
    void forget();
    std::size_t recordings() const { return recorder_.count(); }

  private:
    bool can_record(const Players& players, const StepRules& rules) const;
    void turn_dials(StepRules& rules, double average_decay);
    tensor::Dial dial(const std::string& id, double value);

    torch::Device device_;
    tensor::Recorder recorder_;
    std::map<std::string, tensor::Dial> dials_;
    std::map<std::string, StepValues> values_;  ///< where each recording leaves its results
};

}  // namespace pentimento::gan
