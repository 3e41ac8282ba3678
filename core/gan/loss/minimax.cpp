// The minimax game as first written down: the generator minimises log(1 − D(G(z))).
// Goodfellow et al. 2014 (arXiv:1406.2661), equation 1.
#include "core/gan/loss/cross_entropy.h"

namespace pentimento::gan::minimax {
namespace {

using torch::Tensor;

Tensor generator_loss(const Tensor& fake, const Tensor&) {
    return -torch::softplus(fake).mean();
}

const bool kRegistered = loss_registry().add(
    {.entry = {"minimax", "Minimax (saturating)",
               "Generator and discriminator fight over one and the same number, as in the paper's "
               "first equation. When the discriminator is sure of itself, the generator hardly "
               "learns any more: instructive, but rarely the best choice.",
               "Goodfellow et al. 2014, Generative Adversarial Networks, arXiv:1406.2661, equation "
               "1"},
     .discriminator = discriminator_cross_entropy,
     .generator = generator_loss});

}  // namespace
}  // namespace pentimento::gan::minimax
