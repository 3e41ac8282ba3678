// The original GAN's cross-entropy with the non-saturating generator loss.
// Goodfellow et al. 2014 (arXiv:1406.2661), section 3.
#include "core/gan/loss/cross_entropy.h"

namespace pentimento::gan::bce {
namespace {

const bool kRegistered = loss_registry().add(
    {.entry = {"bce", "Cross-entropy (non-saturating)",
               "The discriminator answers \"real or made?\" and pays for wrong answers; the "
               "generator is paid for each \"real\" on its pictures. The usual first choice: the "
               "generator learns fastest when it is worst.",
               "Goodfellow et al. 2014, Generative Adversarial Networks, arXiv:1406.2661"},
     .discriminator = discriminator_cross_entropy,
     .generator = non_saturating});

}  // namespace
}  // namespace pentimento::gan::bce
