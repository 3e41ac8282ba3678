// Relativistic average hinge: Jolicoeur-Martineau 2018 (arXiv:1807.00734), as MSG-GAN uses it
// (Karnewar and Wang 2019, arXiv:1903.06048).
#include "core/gan/registry.h"

namespace pentimento::gan::relativistic_average {
namespace {

using torch::Tensor;

Loss::Discriminating discriminator_loss(const Tensor& real, const Tensor& fake,
                                        const LossContext&) {
    return {torch::relu(1.0 - (real - fake.mean())).mean(),
            torch::relu(1.0 + (fake - real.mean())).mean()};
}

Tensor generator_loss(const Tensor& fake, const Tensor& real) {
    return torch::relu(1.0 + (real - fake.mean())).mean() +
           torch::relu(1.0 - (fake - real.mean())).mean();
}

const bool kRegistered = loss_registry().add(
    {.entry = {"relativistic_average", "Relativistic average (hinge)",
               "Not \"is it real?\" but \"is it more real than the others on average?\". The "
               "generator must also make real pictures look less special, which keeps both "
               "players busy.",
               "Jolicoeur-Martineau 2018, The relativistic discriminator, arXiv:1807.00734"},
     .discriminator = discriminator_loss,
     .generator = generator_loss,
     .relativistic = true,
     .probability = false,
     .no_smoothing = "a relativistic loss compares pictures and has no target to be smoothed"});

}  // namespace
}  // namespace pentimento::gan::relativistic_average
