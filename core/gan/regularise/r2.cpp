// R2: the discriminator's squared slope at made pictures. Mescheder et al. 2018 (arXiv:1801.04406);
// together with R1 in R3GAN (arXiv:2501.05441).
#include "core/gan/registry.h"
#include "core/gan/regularise/gradients.h"

namespace pentimento::gan::r2 {
namespace {

torch::Tensor penalty(const RegulariserInput& in) {
    return squared_slopes(in.fake_logits, in.fakes).mean() / 2;
}

const bool kRegistered = regulariser_registry().add(
    {.entry = {"r2", "R2 penalty",
               "Makes the discriminator flat around made pictures, as R1 does around real ones. "
               "Together they let a GAN converge without tricks.",
               "Mescheder, Geiger, Nowozin 2018, arXiv:1801.04406; Huang et al. 2024, "
               "arXiv:2501.05441"},
     .weight = Param<double>("r2_gamma", 0)
                   .label("R2 γ")
                   .help("Weight γ of the R2 penalty (γ/2)·‖∇D‖² at made pictures. 0 is off; use "
                         "the same value as for R1.")
                   .range(0, 1000)
                   .step(0.1)
                   .live(),
     .every = Param<std::int64_t>("r2_every", 1)
                  .label("R2 every")
                  .help("Computes R2 at every n-th step and counts it n times.")
                  .unit("steps")
                  .range(1, 64)
                  .live()
                  .advanced(),
     .fake_gradient = true,
     .penalty = penalty});

}  // namespace
}  // namespace pentimento::gan::r2
