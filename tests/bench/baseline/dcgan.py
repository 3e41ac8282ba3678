"""A step of DCGAN (Radford, Metz, Chintala 2015), as anybody would write it in PyTorch."""
import torch
from torch import nn

LATENT, WIDTH = 100, 64


def generator():
    def block(inputs, outputs, stride, padding):
        return [nn.ConvTranspose2d(inputs, outputs, 4, stride, padding, bias=False),
                nn.BatchNorm2d(outputs), nn.ReLU(True)]
    return nn.Sequential(
        nn.Unflatten(1, (LATENT, 1, 1)), *block(LATENT, 8 * WIDTH, 1, 0),
        *block(8 * WIDTH, 4 * WIDTH, 2, 1), *block(4 * WIDTH, 2 * WIDTH, 2, 1), *block(2 * WIDTH, WIDTH, 2, 1),
        nn.ConvTranspose2d(WIDTH, 3, 4, 2, 1, bias=False), nn.Tanh())


def discriminator():
    def block(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.LeakyReLU(.2, True)]
    return nn.Sequential(
        nn.Conv2d(3, WIDTH, 4, 2, 1, bias=False), nn.LeakyReLU(.2, True), *block(WIDTH, 2 * WIDTH),
        *block(2 * WIDTH, 4 * WIDTH), *block(4 * WIDTH, 8 * WIDTH),
        nn.Conv2d(8 * WIDTH, 1, 4, 1, 0, bias=False), nn.Flatten(0))


def init(network):
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0, .02)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, .02)


class Baseline:
    def __init__(self, batch=64, networks=(generator, discriminator), size=64):
        torch.manual_seed(1)
        self.g, self.d = (make() for make in networks)
        init(self.g)
        init(self.d)
        adam = dict(lr=2e-4, betas=(.5, .999))
        self.g_optimiser = torch.optim.Adam(self.g.parameters(), **adam)
        self.d_optimiser = torch.optim.Adam(self.d.parameters(), **adam)
        self.loss = nn.BCEWithLogitsLoss()
        self.real = torch.rand(batch, 3, size, size) * 2 - 1
        self.z = torch.randn(batch, LATENT)
        self.ones, self.zeros = torch.ones(batch), torch.zeros(batch)

    def inputs(self):
        tensors = {f"g.{i:03}": p for i, p in enumerate(self.g.parameters())}
        tensors.update({f"d.{i:03}": p for i, p in enumerate(self.d.parameters())})
        return tensors | {"real": self.real, "z": self.z}

    def step(self):
        fake = self.g(self.z)
        self.d.zero_grad()
        loss_real = self.loss(self.d(self.real), self.ones)
        loss_real.backward()
        loss_fake = self.loss(self.d(fake.detach()), self.zeros)
        loss_fake.backward()
        self.d_optimiser.step()
        self.g.zero_grad()
        loss_g = self.loss(self.d(fake), self.ones)
        loss_g.backward()
        self.g_optimiser.step()
        return {"loss_d": (loss_real + loss_fake).detach(), "loss_g": loss_g.detach()}
