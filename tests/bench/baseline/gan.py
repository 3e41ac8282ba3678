"""What the baselines of GANs share: chance, StyleGAN's resampling, a moving average, and how results are named."""
import torch
import torch.nn.functional as F


SEEDED = True  # so that both sides draw the same numbers; without, PyTorch's own generator


def chance():
    """A fresh generator a pass, on the device where tensors are made."""
    return torch.Generator(torch.empty(0).device).manual_seed(1) if SEEDED else None


def filtered(x, up=1, down=1, before=0, after=0, gain=1):
    """Zeros after each sample, [1, 3, 3, 1], samples dropped: upfirdn2d of StyleGAN2's authors."""
    n, channels, height, width = x.shape
    if up > 1:
        x = F.pad(x.reshape(n, channels, height, 1, width, 1), (0, up - 1, 0, 0, 0, up - 1))
        x = x.reshape(n, channels, height * up, width * up)
    taps = torch.tensor([1., 3, 3, 1]) / 8
    kernel = (gain * torch.outer(taps, taps)).expand(channels, 1, 4, 4)
    return F.conv2d(F.pad(x, (before, after, before, after)), kernel, stride=down, groups=channels)


def upsample(x):
    return filtered(x, up=2, before=2, after=1, gain=4)


def downsample(x):
    return filtered(x, down=2, before=1, after=1)


def squared_slopes(logits, pictures):
    """‖∂D(x)/∂x‖² of each picture, with a graph: R1 and R2 are the mean of half of it."""
    slope, = torch.autograd.grad(logits.sum(), pictures, create_graph=True)
    return slope.square().sum((1, 2, 3))


@torch.no_grad()
def follow(average, network, decay):
    for mine, theirs in zip(average.parameters(), network.parameters()):
        mine.lerp_(theirs, 1 - decay)


def numbered(prefix, tensors):
    return {f"{prefix}.{i:03}": tensor for i, tensor in enumerate(tensors)}


def gradients(network):
    return [parameter.grad for parameter in network.parameters()]
