// LSGAN: DCGAN's networks with the least-squares loss.
#include "core/gan/registry.h"

namespace pentimento::gan::lsgan {
namespace {

const bool kFamily = family_registry().add(
    {.entry = {"lsgan", "LSGAN",
               "DCGAN's networks, paid by squared distance: made pictures are also pulled when "
               "they already fool the discriminator, so that gradients do not fade.",
               "Mao et al. 2016, Least Squares Generative Adversarial Networks, arXiv:1611.04076"},
     .arch = "dcgan",
     .published = {{"loss", "lsgan"},
                   {"size", "64"},
                   {"width", "64"},
                   {"latent", "100"},
                   {"batch", "64"},
                   {"lr_g", "2e-4"},
                   {"lr_d", "2e-4"},
                   {"beta1", "0.5"},
                   {"beta2", "0.999"},
                   {"ema_decay", "0"},
                   {"steps", "50000"},
                   {"sample_every", "500"}},
     .small = {{"size", "32"},
               {"width", "32"},
               {"latent", "64"},
               {"lr_g", "4e-4"},
               {"ema_decay", "0.995"},
               {"steps", "3000"},
               {"sample_every", "100"}},
     .expect = "As DCGAN: blobs within a minute, shapes after three or four."});

}  // namespace
}  // namespace pentimento::gan::lsgan
