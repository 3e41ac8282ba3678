// The critic's estimate of the Wasserstein distance. Arjovsky et al. 2017 (arXiv:1701.07875); to be
// used with a gradient penalty, Gulrajani et al. 2017 (arXiv:1704.00028).
#include "core/gan/registry.h"

namespace pentimento::gan::wasserstein {
namespace {

using torch::Tensor;

Loss::Discriminating discriminator_loss(const Tensor& real, const Tensor& fake,
                                        const LossContext&) {
    return {-real.mean(), fake.mean()};
}

Tensor generator_loss(const Tensor& fake, const Tensor&) {
    return -fake.mean();
}

const bool kRegistered = loss_registry().add(
    {.entry = {"wasserstein", "Wasserstein",
               "The discriminator becomes a critic: it spreads real and made pictures on a scale, "
               "and the distance between them is a loss that falls as pictures get better. It "
               "needs a gradient penalty, or the scale grows without bound.",
               "Arjovsky, Chintala, Bottou 2017, Wasserstein GAN, arXiv:1701.07875"},
     .discriminator = discriminator_loss,
     .generator = generator_loss,
     .probability = false,
     .no_smoothing = "the Wasserstein loss has no target to be smoothed"});

}  // namespace
}  // namespace pentimento::gan::wasserstein
