// Relativistic pairing (RpGAN): Jolicoeur-Martineau 2018 (arXiv:1807.00734), the loss of R3GAN
// (Huang et al. 2024, arXiv:2501.05441, equation 2). With R1 and R2 it converges locally.
#include "core/gan/registry.h"

namespace pentimento::gan::relativistic_pairing {
namespace {

using torch::Tensor;

Loss::Discriminating discriminator_loss(const Tensor& real, const Tensor& fake,
                                        const LossContext&) {
    const Tensor paired = torch::softplus(fake - real).mean();
    return {paired, torch::zeros_like(paired)};
}

Tensor generator_loss(const Tensor& fake, const Tensor& real) {
    return torch::softplus(real - fake).mean();
}

const bool kRegistered = loss_registry().add(
    {.entry = {"relativistic_pairing", "Relativistic pairing",
               "Each made picture is compared with a real one: which of the two is more real? "
               "That leaves the generator no corner in which to hide from the comparison, so it "
               "drops fewer kinds of pictures. Use it with R1 and R2.",
               "Huang et al. 2024, The GAN is dead; long live the GAN!, arXiv:2501.05441"},
     .discriminator = discriminator_loss,
     .generator = generator_loss,
     .relativistic = true,
     .probability = false,
     .no_smoothing = "a relativistic loss compares pictures and has no target to be smoothed"});

}  // namespace
}  // namespace pentimento::gan::relativistic_pairing
