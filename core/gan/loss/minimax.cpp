// The minimax game as first written down: the generator minimises log(1 − D(G(z))).
// Goodfellow et al. 2014 (arXiv:1406.2661), equation 1.
#include "core/gan/registry.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;

Loss::Discriminating discriminator_loss(const Tensor& real, const Tensor& fake, double target) {
    Tensor on_real = torch::softplus(-real).mean();
    if (target != 1.0) on_real = target * on_real + (1.0 - target) * torch::softplus(real).mean();
    return {on_real, torch::softplus(fake).mean()};
}

Tensor generator_loss(const Tensor& fake) {
    return -torch::softplus(fake).mean();
}

const bool kRegistered = loss_registry().add(
    {{"minimax",
      "Minimax (saturating)",
      "Generator and discriminator fight over one and the same number, as in the paper's first "
      "equation. When the "
      "discriminator is sure of itself, the generator hardly learns any more: instructive, but "
      "rarely the best "
      "choice.",
      "Goodfellow et al. 2014, Generative Adversarial Networks, arXiv:1406.2661, equation 1",
      {}},
     discriminator_loss,
     generator_loss});

}  // namespace
}  // namespace pentimento::gan
