"""The fully connected GAN of every introduction (Goodfellow et al. 2014), as anybody would write it in PyTorch."""
from torch import nn

from . import dcgan

SIZE = 28


def generator():
    def block(inputs, outputs):
        return [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.LeakyReLU(.2, True)]
    return nn.Sequential(
        *block(dcgan.LATENT, 256), *block(256, 512), *block(512, 1024),
        nn.Linear(1024, 3 * SIZE * SIZE), nn.Tanh(), nn.Unflatten(1, (3, SIZE, SIZE)))


def discriminator():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(3 * SIZE * SIZE, 512), nn.LeakyReLU(.2, True),
        nn.Linear(512, 256), nn.LeakyReLU(.2, True), nn.Linear(256, 1), nn.Flatten(0))


class Baseline(dcgan.Baseline):
    def __init__(self, batch=64):
        super().__init__(batch, (generator, discriminator), SIZE)
