"""A step of R3GAN (Huang et al. 2024) as in the preset r3gan-small, as anybody would write it in PyTorch."""
import copy
import math

import torch
import torch.nn.functional as F
from torch import nn

from . import gan

SIZE, CHANNELS, GROUP, LATENT, BATCH = 32, 36, 8, 64, 8
BLOCKS, SIZES = 2, int(math.log2(SIZE)) - 1
PENALTY, EVERY = 1, 4      # γ of R1 and R2
STEPS, EMA = 3000, .995


def drawn(network):
    """Nothing zero, as after some training: what is multiplied by zero would not be compared."""
    for parameter in network.parameters():
        fan_in = parameter[0].numel() if parameter.dim() > 1 else 100
        nn.init.normal_(parameter, 0, fan_in ** -.5)
    return network


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        inner = 2 * CHANNELS
        self.wide = nn.Conv2d(CHANNELS, inner, 1)
        self.grouped = nn.Conv2d(inner, inner, 3, padding=1, groups=inner // GROUP)
        self.narrow = nn.Conv2d(inner, CHANNELS, 1, bias=False)

    def forward(self, x):
        y = F.leaky_relu(self.grouped(F.leaky_relu(self.wide(x), .2)), .2)
        return x + self.narrow(y)


def stages():
    """Two blocks a size, the smallest size first."""
    return nn.ModuleList(nn.Sequential(*[Block() for _ in range(BLOCKS)]) for _ in range(SIZES))


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.basis = nn.Parameter(torch.empty(CHANNELS, 4, 4))
        self.mix = nn.Linear(LATENT, CHANNELS, bias=False)
        self.stages = stages()
        self.last = nn.Conv2d(CHANNELS, 3, 1, bias=False)

    def forward(self, z):
        x = self.basis * self.mix(z)[:, :, None, None]
        for i, stage in enumerate(self.stages):
            x = stage(gan.upsample(x) if i > 0 else x)
        return self.last(x)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.basis = nn.Parameter(torch.empty(CHANNELS, 4, 4))
        self.first = nn.Conv2d(3, CHANNELS, 1, bias=False)
        self.stages = stages()
        self.head = nn.Linear(CHANNELS, 1, bias=False)

    def forward(self, x):
        x = self.first(x)
        for i in reversed(range(SIZES)):
            x = self.stages[i](x)
            if i > 0:
                x = gan.downsample(x)
        return self.head((x * self.basis).sum((2, 3))).flatten()


class Baseline:
    def __init__(self):
        torch.manual_seed(1)
        self.g, self.d = drawn(Generator()), drawn(Discriminator())
        self.average = copy.deepcopy(self.g).requires_grad_(False)
        self.begin = [parameter.clone() for parameter in self.average.parameters()]
        self.g_optimiser = torch.optim.Adam(self.g.parameters())
        self.d_optimiser = torch.optim.Adam(self.d.parameters())
        self.real = torch.rand(BATCH, 3, SIZE, SIZE) * 2 - 1
        self.z = torch.randn(BATCH, LATENT)
        self.steps = 0

    def inputs(self):
        return (gan.numbered("g", self.g.parameters()) | gan.numbered("d", self.d.parameters())
                | {"real": self.real, "z": self.z})

    def schedule(self):
        """The learning rate, β2 and γ follow a cosine; returns γ."""
        done = (1 - math.cos(math.pi * self.steps / (STEPS - 1))) / 2
        for optimiser in (self.g_optimiser, self.d_optimiser):
            optimiser.param_groups[0].update(lr=5e-4 * (1 - .75 * done), betas=(0.0, .9 + .09 * done))
        return PENALTY * (1 - .9 * done)

    def step(self):
        gamma, due = self.schedule(), self.steps % EVERY == 0
        results = {}
        made = self.g(self.z)

        self.d.requires_grad_(True)
        self.d_optimiser.zero_grad(set_to_none=True)
        real, fake = self.real.detach().requires_grad_(due), made.detach().requires_grad_(due)
        on_real, on_fake = self.d(real), self.d(fake)
        loss = results["loss_d"] = F.softplus(on_fake - on_real).mean()
        if due:
            results["r1"] = gamma * EVERY / 2 * gan.squared_slopes(on_real, real).mean()
            results["r2"] = gamma * EVERY / 2 * gan.squared_slopes(on_fake, fake).mean()
            loss = loss + results["r1"] + results["r2"]
        loss.backward()
        self.d_optimiser.step()

        self.d.requires_grad_(False)
        self.g_optimiser.zero_grad(set_to_none=True)
        loss = results["loss_g"] = F.softplus(self.d(self.real) - self.d(made)).mean()
        loss.backward()
        self.g_optimiser.step()

        # (1 + n)/(10 + n): the first, random weights are soon forgotten.
        gan.follow(self.average, self.g, min(EMA, (1 + self.steps) / (10 + self.steps)))
        self.steps += 1
        return {name: value.detach() for name, value in results.items()}

    def results(self):
        """What the last step did to the networks."""
        moved = [now - before for now, before in zip(self.average.parameters(), self.begin)]
        return (gan.numbered("g.grad", gan.gradients(self.g)) | gan.numbered("d.grad", gan.gradients(self.d))
                | gan.numbered("average.moved", moved))
