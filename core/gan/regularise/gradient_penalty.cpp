// The gradient penalty of WGAN-GP: slope 1 on the lines between real and made pictures.
// Gulrajani et al. 2017 (arXiv:1704.00028), equation 3.
#include "core/gan/registry.h"
#include "core/gan/regularise/gradients.h"
#include "core/tensor/random.h"

namespace pentimento::gan::gradient_penalty {
namespace {

using torch::Tensor;

Tensor penalty(const RegulariserInput& in) {
    // One ε a picture, the same at every scale.
    const Tensor epsilon =
        torch::rand({in.reals[0].size(0), 1, 1, 1}, in.random, tensor::drawn_by(in.random))
            .to(in.reals[0].options());
    Pyramid between;
    for (std::size_t i = 0; i < in.reals.size(); ++i)
        between.push_back(
            torch::lerp(in.fakes[i].detach(), in.reals[i].detach(), epsilon).requires_grad_());
    const Tensor logits = in.discriminator.forward(between, in.labels);
    // The root's slope is infinite at 0.
    const Tensor norm = (squared_slopes(logits, between) + 1e-12).sqrt();
    return (norm - 1).square().mean();
}

const bool kRegistered = regulariser_registry().add(
    {.entry = {"gradient_penalty", "Gradient penalty",
               "Holds the critic's slope at 1 between real and made pictures, so that its scale "
               "measures a distance. Belongs to the Wasserstein loss.",
               "Gulrajani et al. 2017, Improved Training of Wasserstein GANs, arXiv:1704.00028"},
     .weight = Param<double>("gp_weight", 0)
                   .label("Gradient penalty λ")
                   .help("Weight of (‖∇D‖ − 1)² between real and made pictures. 10 is the paper's; "
                         "0 is off.")
                   .range(0, 1000)
                   .step(1)
                   .live(),
     .every = Param<std::int64_t>("gp_every", 1)
                  .label("Gradient penalty every")
                  .help("Computes the penalty at every n-th step and counts it n times.")
                  .unit("steps")
                  .range(1, 64)
                  .live()
                  .advanced(),
     .penalty = penalty});

}  // namespace
}  // namespace pentimento::gan::gradient_penalty
