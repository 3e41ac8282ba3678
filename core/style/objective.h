// What a style run minimises, and its gradient at a picture.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

#include "core/nn/features/feature_network.h"
#include "core/params/param_set.h"
#include "core/style/losses.h"
#include "core/style/pixel_optimiser.h"

namespace pentimento::style {

/// content_weight·L_content + style_weight·Σ_l w_l·L_style,l + tv_weight·k·L_tv.
/// L_style,l compares the Gram matrix of the picture with Σ_k ω_k·Gram(style k), where the live
/// weights of the style pictures are scaled to Σω = 1: descending on it is descending on the
/// weighted sum of the single style losses, with one comparison a layer. When all ω are 0 there is
/// no style term.
class Objective {
  public:
    struct Terms {
        double content = 0, style = 0, tv = 0;  ///< unweighted
        double total = 0;                       ///< weighted
    };

    /// `content` and `styles`: [1, 3, h, w] on the network's device. `layers`: of `definition`, as
    /// `params` say.
    Objective(std::shared_ptr<const nn::FeatureNetwork> network,
              const nn::FeatureDefinition& definition, const ParamSet& params,
              const torch::Tensor& content, const std::vector<torch::Tensor>& styles);

    /// Takes the live weights over.
    void set_weights(const ParamSet& params);

    /// The gradient is that of total × number of pixels, so that it is of the order 1.
    Evaluation evaluate(const torch::Tensor& picture);
    /// Of the last evaluate().
    const Terms& terms() const { return terms_; }

  private:
    std::shared_ptr<const nn::FeatureNetwork> network_;
    std::vector<std::string> layers_;  ///< the content layer, then the style layers
    LossScale scale_;
    std::vector<double> layer_weights_;
    torch::Tensor content_;
    std::vector<std::vector<torch::Tensor>> grams_;  ///< by style, by layer
    std::vector<torch::Tensor> targets_;             ///< mixed, by layer; empty without style
    double content_weight_ = 0, style_weight_ = 0, tv_weight_ = 0;
    Terms terms_;
};

}  // namespace pentimento::style
