// The original GAN's cross-entropy with the non-saturating generator loss.
// Goodfellow et al. 2014 (arXiv:1406.2661), section 3.
#include "core/gan/registry.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;

// −log σ(x) = softplus(−x) and −log(1 − σ(x)) = softplus(x) stay finite for any logit.
Loss::Discriminating discriminator_loss(const Tensor& real, const Tensor& fake, double target) {
    Tensor on_real = torch::softplus(-real).mean();
    if (target != 1.0) on_real = target * on_real + (1.0 - target) * torch::softplus(real).mean();
    return {on_real, torch::softplus(fake).mean()};
}

Tensor generator_loss(const Tensor& fake) {
    return torch::softplus(-fake).mean();
}

const bool kRegistered = loss_registry().add(
    {{"bce",
      "Cross-entropy (non-saturating)",
      "The discriminator answers \"real or made?\" and pays for wrong answers; the generator is "
      "paid for each "
      "\"real\" on its pictures. The usual first choice: the generator learns fastest when it is "
      "worst.",
      "Goodfellow et al. 2014, Generative Adversarial Networks, arXiv:1406.2661",
      {}},
     discriminator_loss,
     generator_loss});

}  // namespace
}  // namespace pentimento::gan
