// The hinge loss: Lim and Ye 2017 (arXiv:1705.02894), Miyato et al. 2018 (arXiv:1802.05957),
// equations 16 and 17. With a random margin as in FastGAN (Liu et al. 2021, arXiv:2101.04775).
#include "core/gan/registry.h"
#include "core/tensor/random.h"

namespace pentimento::gan::hinge {
namespace {

using torch::Tensor;

/// Margins U(1 − smoothing, 1), one a logit; exactly 1 without smoothing.
Tensor margins(const Tensor& logits, const LossContext& context) {
    if (context.label_smoothing <= 0) return torch::ones({1}, logits.options());
    const Tensor drawn =
        torch::rand(logits.sizes(), context.random, tensor::drawn_by(context.random));
    return 1.0 - context.label_smoothing * drawn.to(logits.options());
}

Loss::Discriminating discriminator_loss(const Tensor& real, const Tensor& fake,
                                        const LossContext& context) {
    return {torch::relu(margins(real, context) - real).mean(),
            torch::relu(margins(fake, context) + fake).mean()};
}

Tensor generator_loss(const Tensor& fake, const Tensor&) {
    return -fake.mean();
}

const bool kRegistered = loss_registry().add(
    {.entry = {"hinge", "Hinge",
               "The discriminator pays only while a picture is on the wrong side of a margin, so "
               "it does not waste effort on what it already knows; the generator is paid for "
               "every step towards real. Goes well with spectral normalisation. Label smoothing "
               "makes the margins random.",
               "Miyato et al. 2018, Spectral Normalization for Generative Adversarial Networks, "
               "arXiv:1802.05957"},
     .discriminator = discriminator_loss,
     .generator = generator_loss,
     .probability = false});

}  // namespace
}  // namespace pentimento::gan::hinge
