// WGAN-GP: DCGAN's networks with a critic without batch norm, five critic steps and the gradient
// penalty.
#include "core/gan/registry.h"

namespace pentimento::gan::wgan_gp {
namespace {

const bool kFamily = family_registry().add(
    {.entry = {"wgan_gp", "WGAN-GP",
               "The discriminator becomes a critic that measures how far made pictures are from "
               "real ones. Slow, since the critic takes five steps for each of the generator's, "
               "but its loss falls as pictures get better and it hardly ever collapses.",
               "Gulrajani et al. 2017, Improved Training of Wasserstein GANs, arXiv:1704.00028"},
     .arch = "dcgan",
     .published = {{"loss", "wasserstein"},
                   {"gp_weight", "10"},
                   {"norm_d", "none"},
                   {"size", "64"},
                   {"width", "64"},
                   {"latent", "128"},
                   {"batch", "64"},
                   {"d_steps", "5"},
                   {"lr_g", "1e-4"},
                   {"lr_d", "1e-4"},
                   {"beta1", "0.5"},
                   {"beta2", "0.9"},
                   {"ema_decay", "0"},
                   {"steps", "200000"},
                   {"sample_every", "1000"}},
     .small = {{"size", "32"},
               {"width", "24"},
               {"latent", "64"},
               {"batch", "32"},
               {"d_steps", "3"},
               {"lr_g", "5e-4"},
               {"lr_d", "5e-4"},
               {"ema_decay", "0.99"},
               {"steps", "2000"},
               {"sample_every", "100"}},
     .expect = "Soft blobs of colour after a minute, soft shapes after five; it goes on improving "
               "for as long as it runs."});

}  // namespace
}  // namespace pentimento::gan::wgan_gp
