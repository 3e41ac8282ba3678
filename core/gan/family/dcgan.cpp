// DCGAN as published.
#include "core/gan/registry.h"

namespace pentimento::gan::dcgan {
namespace {

const bool kFamily = family_registry().add(
    {.entry = {"dcgan", "DCGAN",
               "The convolutional GAN that made training reliable: batch norm, strided "
               "convolutions and a calm Adam. The place to begin with pictures of any kind.",
               "Radford, Metz, Chintala 2015, arXiv:1511.06434"},
     .arch = "dcgan",
     .published = {{"loss", "bce"},
                   {"size", "64"},
                   {"width", "64"},
                   {"latent", "100"},
                   {"batch", "128"},
                   {"lr_g", "2e-4"},
                   {"lr_d", "2e-4"},
                   {"beta1", "0.5"},
                   {"beta2", "0.999"},
                   {"ema_decay", "0"},
                   {"steps", "25000"},
                   {"sample_every", "500"}},
     .small = {{"size", "32"},
               {"width", "32"},
               {"latent", "64"},
               {"batch", "64"},
               {"lr_g", "4e-4"},
               {"label_smoothing", "0.1"},
               {"ema_decay", "0.995"},
               {"steps", "3000"},
               {"sample_every", "100"}},
     .expect = "Coloured blobs within a minute; outlines, faces and hearts after three or four."});

}  // namespace
}  // namespace pentimento::gan::dcgan
