// R1: the discriminator's squared slope at real pictures. Mescheder et al. 2018 (arXiv:1801.04406),
// equation 9. The slope is taken at the pictures as the discriminator saw them (after
// augmentation).
#include "core/gan/registry.h"
#include "core/gan/regularise/gradients.h"

namespace pentimento::gan::r1 {
namespace {

torch::Tensor penalty(const RegulariserInput& in) {
    return squared_slopes(in.real_logits, in.reals).mean() / 2;
}

const bool kRegistered = regulariser_registry().add(
    {.entry = {"r1", "R1 penalty",
               "Makes the discriminator flat around real pictures, so that it cannot win by "
               "memorising them. The most reliable way to calm a training.",
               "Mescheder, Geiger, Nowozin 2018, Which Training Methods for GANs do actually "
               "Converge?, arXiv:1801.04406"},
     .weight = Param<double>("r1_gamma", 0)
                   .label("R1 γ")
                   .help("Weight γ of the R1 penalty (γ/2)·‖∇D‖² at real pictures. More is calmer "
                         "and blurrier; 0 is off. 0.01 to 10 are usual, more at larger sizes.")
                   .range(0, 1000)
                   .step(0.1)
                   .live(),
     .every = Param<std::int64_t>("r1_every", 1)
                  .label("R1 every")
                  .help("Computes R1 at every n-th step and counts it n times, which saves time. "
                        "StyleGAN2 uses 16, R3GAN 1.")
                  .unit("steps")
                  .range(1, 64)
                  .live()
                  .advanced(),
     .real_gradient = true,
     .penalty = penalty});

}  // namespace
}  // namespace pentimento::gan::r1
