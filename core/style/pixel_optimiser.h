// Moves the pixels of one picture so that a loss falls. Pixels stay within [0, 1].
#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/nn/module_state.h"

namespace pentimento::style {

/// The loss at one picture. Either member may be NaN or infinite; optimisers check.
struct Evaluation {
    double loss = 0;
    torch::Tensor gradient;   ///< of the picture's shape; good until the next evaluation
    double gradient_rms = 0;  ///< √mean(gradient²)
    bool finite() const;
};

class PixelOptimiser {
  public:
    using Evaluate = std::function<Evaluation(const torch::Tensor& picture)>;
    virtual ~PixelOptimiser() = default;

    /// One iteration with exactly one call of `evaluate`, at the present picture. `rate` is the
    /// learning rate for this iteration. Numeric when the loss is not finite; the picture is then
    /// as it was.
    virtual Status step(torch::Tensor& picture, double rate, const Evaluate& evaluate) = 0;
    /// The loss means something else from now on: what was learned of its values is forgotten.
    virtual void objective_changed() {}
    /// The picture has become `picture`, the same one in another size: what was learned is carried
    /// over as far as it can be.
    virtual void resized(const torch::Tensor& picture) = 0;
    /// The best picture to show: L-BFGS may be trying a step that it will take back.
    virtual torch::Tensor shown(const torch::Tensor& picture) const { return picture; }

    /// Everything an exact continuation needs, besides the picture.
    virtual nn::NamedTensors state() const = 0;
    /// On an error nothing has changed. `like` is the picture.
    virtual Status load(const nn::TensorMap& saved, const torch::Tensor& like,
                        std::string_view what) = 0;
};

/// Adam's constants (Kingma and Ba 2014, arXiv:1412.6980).
struct AdamSettings {
    double beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8;
};

/// "adam", "lbfgs", "sgd". Learning rates are: Adam and SGD in units of the pixels' range for each
/// iteration, L-BFGS a factor on its own step, 1 being the full one.
std::unique_ptr<PixelOptimiser> make_pixel_optimiser(const std::string& id,
                                                     const AdamSettings& adam = {});
/// The rate that suits an optimiser: what "automatic" means.
double automatic_rate(const std::string& id);

std::unique_ptr<PixelOptimiser> make_lbfgs();

}  // namespace pentimento::style
