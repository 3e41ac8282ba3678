// Least squares: Mao et al. 2016 (arXiv:1611.04076), equation 9 (a = 0, b = c = 1), without the ½.
#include "core/gan/registry.h"

namespace pentimento::gan::lsgan {
namespace {

using torch::Tensor;

Loss::Discriminating discriminator_loss(const Tensor& real, const Tensor& fake,
                                        const LossContext& context) {
    return {(real - (1.0 - context.label_smoothing)).square().mean(), fake.square().mean()};
}

Tensor generator_loss(const Tensor& fake, const Tensor&) {
    return (fake - 1.0).square().mean();
}

const bool kRegistered = loss_registry().add(
    {.entry = {"lsgan", "Least squares (LSGAN)",
               "The discriminator gives marks: 1 for real, 0 for made, and pays the square of the "
               "error. Pictures that already pass are still pulled towards the real ones, so the "
               "generator keeps learning.",
               "Mao et al. 2016, Least Squares Generative Adversarial Networks, arXiv:1611.04076"},
     .discriminator = discriminator_loss,
     .generator = generator_loss,
     .boundary = 0.5,
     .probability = false});

}  // namespace
}  // namespace pentimento::gan::lsgan
