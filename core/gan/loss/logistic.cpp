// The logistic loss as StyleGAN2 states it. Karras et al. 2019 (arXiv:1912.04958).
#include "core/gan/loss/cross_entropy.h"

namespace pentimento::gan::logistic {
namespace {

const bool kRegistered = loss_registry().add(
    {.entry = {"logistic", "Logistic (non-saturating)",
               "The cross-entropy written on logits with softplus, meant to be used with an R1 "
               "penalty. Without label smoothing its numbers equal those of \"Cross-entropy\".",
               "Karras et al. 2019, Analyzing and Improving the Image Quality of StyleGAN, "
               "arXiv:1912.04958"},
     .discriminator = discriminator_cross_entropy,
     .generator = non_saturating,
     .no_smoothing =
         "the logistic loss is used as published; choose \"Cross-entropy\" for label smoothing"});

}  // namespace
}  // namespace pentimento::gan::logistic
