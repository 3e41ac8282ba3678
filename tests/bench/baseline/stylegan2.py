"""A step of StyleGAN2 (Karras et al. 2019) as in the presets stylegan2 and stylegan2-small, as anybody would write it in PyTorch.

Convolutions are modulated as the paper says (appendix B, grouped: weights of its own for each picture) or, with
`grouped=False`, as its authors do in the training of their PyTorch code: the picture's channels are scaled instead.
"""
import copy
import math
import typing

import torch
import torch.nn.functional as F
from torch import nn

from . import gan

MAPPING, MIXING, R1_EVERY = 2, .9, 16
PATH_LENGTH, PATH_LENGTH_EVERY = 2, 4
EMA_RAMP = .05


class Config(typing.NamedTuple):
    size: int
    width: int
    latent: int
    batch: int
    r1: float
    ema: float

    def channels(self, size):
        return 8 * self.width * 32 // max(32, size)


SMALL = Config(32, 4, 64, 16, 1, .998)
PUBLISHED_128 = Config(128, 64, 512, 32, .1024, .99778)


def activate(x):
    return F.leaky_relu(x, .2) * math.sqrt(2)


class Equalised(nn.Module):
    """Weights N(0, 1), scaled when used."""

    def __init__(self, *shape, bias=True, rate=1, first_bias=0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(shape) / rate)
        # Not zero, as after some training: what is multiplied by zero would not be compared.
        self.bias = nn.Parameter((first_bias + .1 * torch.randn(shape[0])) / rate) if bias else None
        self.rate, self.scale = rate, rate / math.sqrt(math.prod(shape[1:]))

    def linear(self, x):
        return F.linear(x, self.weight * self.scale, self.bias * self.rate)

    def convolve(self, x, stride=1, padding=0):
        return F.conv2d(x, self.weight * self.scale, self.bias, stride, padding)


class Modulated(nn.Module):
    def __init__(self, latent, outputs, inputs, kernel, demodulate=True, up=False, grouped=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.style = Equalised(inputs, latent, first_bias=1)
        self.scale = 1 / math.sqrt(inputs * kernel * kernel)
        self.demodulate, self.up, self.grouped = demodulate, up, grouped

    def forward(self, x, w):
        # One weight a picture.
        weight = self.weight * self.scale * self.style.linear(w)[:, None, :, None, None]
        lengths = (weight.square().sum((2, 3, 4)) + 1e-8).rsqrt() if self.demodulate else None
        if self.grouped:
            if self.demodulate:
                weight = weight * lengths[:, :, None, None, None]
            x = self.convolve(x.flatten(0, 1)[None], weight).unflatten(1, weight.shape[:2])[0]
        else:
            x = self.convolve(x * self.style.linear(w)[:, :, None, None], (self.weight * self.scale)[None])
            if self.demodulate:
                x = x * lengths[:, :, None, None]
        return gan.filtered(x, before=1, after=1, gain=4) if self.up else x

    def convolve(self, x, weight):
        """With as many groups as there are weights."""
        groups, kernel = weight.shape[0], weight.shape[3]
        if self.up:
            return F.conv_transpose2d(x, weight.transpose(1, 2).flatten(0, 1), stride=2, groups=groups)
        return F.conv2d(x, weight.flatten(0, 1), padding=kernel // 2, groups=groups)


class StyledLayer(nn.Module):
    def __init__(self, latent, outputs, inputs, grouped, up=False):
        super().__init__()
        self.bias = nn.Parameter(.1 * torch.randn(1, outputs, 1, 1))
        self.strength = nn.Parameter(.1 * torch.randn(()))
        self.conv = Modulated(latent, outputs, inputs, 3, up=up, grouped=grouped)

    def forward(self, x, w, random):
        x = self.conv(x, w)
        noise = torch.randn(x.shape[0], 1, *x.shape[2:], generator=random)
        return activate(x + noise * self.strength + self.bias)


class ToColour(nn.Module):
    def __init__(self, latent, inputs, grouped):
        super().__init__()
        self.bias = nn.Parameter(.1 * torch.randn(1, 3, 1, 1))
        self.conv = Modulated(latent, 3, inputs, 1, demodulate=False, grouped=grouped)

    def forward(self, x, w):
        return self.conv(x, w) + self.bias


class Generator(nn.Module):
    def __init__(self, config, grouped):
        super().__init__()
        self.latent = config.latent
        channels = [config.channels(4 << i) for i in range(int(math.log2(config.size)) - 1)]
        self.constant = nn.Parameter(torch.randn(1, channels[0], 4, 4))
        self.mapping = nn.ModuleList(Equalised(self.latent, self.latent, rate=.01) for _ in range(MAPPING))
        self.layers = nn.ModuleList()
        for i, count in enumerate(channels):
            if i > 0:
                self.layers.append(StyledLayer(self.latent, count, channels[i - 1], grouped, up=True))
            self.layers.append(StyledLayer(self.latent, count, count, grouped))
        self.colours = nn.ModuleList(ToColour(self.latent, count, grouped) for count in channels)
        self.register_buffer("mean_style", torch.zeros(self.latent))

    def map(self, z):
        """→ N × layers × latent."""
        x = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for layer in self.mapping:
            x = activate(layer.linear(x))
        return x[:, None].repeat(1, len(self.layers) + 1, 1)

    def mix(self, styles, random):
        count, layers, _ = styles.shape
        others = torch.randn(count, self.latent, generator=random)
        chosen = torch.rand(count, generator=random) < MIXING
        begin = torch.randint(1, layers, (count,), generator=random)
        other = (torch.arange(layers) >= begin[:, None]) & chosen[:, None]
        return torch.where(other[:, :, None], self.map(others), styles)

    def synthesise(self, styles, random):
        w = styles.unbind(1)
        x, picture = self.constant.repeat(len(styles), 1, 1, 1), 0
        for i, colours in enumerate(self.colours):
            if i > 0:
                x = self.layers[2 * i - 1](x, w[2 * i - 1], random)
                picture = gan.upsample(picture)
            x = self.layers[2 * i](x, w[2 * i], random)
            picture = picture + colours(x, w[2 * i + 1])
        return picture

    def forward(self, z, random):
        styles = self.map(z)
        self.mean_style.lerp_(styles[:, 0].detach().mean(0), .005)
        return self.synthesise(self.mix(styles, random), random)


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.first = Equalised(inputs, inputs, 3, 3)
        self.second = Equalised(outputs, inputs, 3, 3)
        self.skip = Equalised(outputs, inputs, 1, 1, bias=False)

    def forward(self, x):
        y = activate(self.first.convolve(x, padding=1))
        y = activate(self.second.convolve(gan.filtered(y, before=2, after=2), stride=2))
        return (y + self.skip.convolve(gan.downsample(x))) / math.sqrt(2)


def minibatch_stddev(x, group=4):
    y = x.unflatten(0, (group, -1))
    y = (y - y.mean(0)).square().mean(0).add(1e-8).sqrt().mean((1, 2, 3))
    return torch.cat([x, y.repeat(group)[:, None, None, None].expand(-1, 1, *x.shape[2:])], 1)


class Discriminator(nn.Module):
    def __init__(self, config):
        super().__init__()
        channels = [config.channels(4 << i) for i in range(int(math.log2(config.size)) - 1)][::-1]
        self.colours = Equalised(channels[0], 3, 1, 1)
        self.blocks = nn.Sequential(*[Block(*pair) for pair in zip(channels, channels[1:])])
        last = channels[-1]
        self.last = Equalised(last, last + 1, 3, 3)
        self.dense = Equalised(last, 16 * last)
        self.logit = Equalised(1, last)

    def forward(self, x):
        x = self.blocks(activate(self.colours.convolve(x)))
        x = activate(self.last.convolve(minibatch_stddev(x), padding=1))
        return self.logit.linear(activate(self.dense.linear(x.flatten(1)))).flatten()


class Baseline:
    def __init__(self, grouped=True, config=SMALL, penalties=True):
        torch.manual_seed(1)
        self.config, self.penalties = config, penalties
        self.g, self.d = Generator(config, grouped), Discriminator(config)
        # As sure as after some training: R1 has slopes to hold, and a mistake there would show.
        self.d.logit.weight.data.mul_(10)
        self.average = copy.deepcopy(self.g).requires_grad_(False)
        self.begin = [parameter.clone() for parameter in self.average.parameters()]
        self.g_optimiser = torch.optim.Adam(self.g.parameters(), lr=2e-3, betas=(0.0, .991))
        self.d_optimiser = torch.optim.Adam(self.d.parameters(), lr=2.353e-3, betas=(0.0, .991))
        self.real = torch.rand(config.batch, 3, config.size, config.size) * 2 - 1
        self.z = torch.randn(config.batch, config.latent)
        self.path_mean, self.steps = torch.zeros(()), 0

    def inputs(self):
        return (gan.numbered("g", self.g.parameters()) | gan.numbered("d", self.d.parameters())
                | {"real": self.real, "z": self.z})

    def step(self):
        due_r1 = self.penalties and self.steps % R1_EVERY == 0
        due_path = self.penalties and self.steps % PATH_LENGTH_EVERY == 0
        results = {}
        fake = self.g(self.z, gan.chance())

        self.d.requires_grad_(True)
        self.d_optimiser.zero_grad(set_to_none=True)
        real = self.real.detach().requires_grad_(due_r1)
        on_real, on_fake = self.d(real), self.d(fake.detach())
        loss = results["loss_d"] = F.softplus(-on_real).mean() + F.softplus(on_fake).mean()
        if due_r1:
            results["r1"] = self.config.r1 * R1_EVERY / 2 * gan.squared_slopes(on_real, real).mean()
            loss = loss + results["r1"]
        loss.backward()
        self.d_optimiser.step()

        self.d.requires_grad_(False)
        self.g_optimiser.zero_grad(set_to_none=True)
        loss = results["loss_g"] = F.softplus(-self.d(fake)).mean()
        if due_path:
            results["path_length"] = PATH_LENGTH * PATH_LENGTH_EVERY * self.path_length()
            loss = loss + results["path_length"]
        loss.backward()
        self.g_optimiser.step()

        self.steps += 1
        # At the beginning the average's half-life, in steps, is only a share of what lies behind.
        half_life = math.log(.5) / math.log(self.config.ema)
        gan.follow(self.average, self.g, .5 ** (1 / min(half_life, EMA_RAMP * self.steps)))
        return {name: value.detach() for name, value in results.items()}

    def path_length(self):
        """Equation 4, on half of the batch."""
        styles = self.g.map(self.z[:len(self.z) // 2])
        picture = self.g.synthesise(styles, gan.chance())
        y = torch.randn(picture.shape, generator=gan.chance()) / self.config.size
        slope, = torch.autograd.grad((picture * y).sum(), styles, create_graph=True)
        length = slope.square().sum(2).mean(1).sqrt()
        self.path_mean.lerp_(length.detach().mean(), .01)
        return (length - self.path_mean).square().mean()

    def results(self):
        """What the last step did to the networks."""
        moved = [now - before for now, before in zip(self.average.parameters(), self.begin)]
        return (gan.numbered("g.grad", gan.gradients(self.g)) | gan.numbered("d.grad", gan.gradients(self.d))
                | gan.numbered("average.moved", moved))
