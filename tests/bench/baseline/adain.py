"""A pass of instant style (Huang, Belongie 2017) with Pentimento's own two networks, as anybody would write it in PyTorch."""
import torch
import torch.nn.functional as F

from . import tensors

LAYERS = [0, 2, None, 5, 7, None, 10, 12, 14, 16, None, 19]
TAPS = {5: "relu2_1", 10: "relu3_1", 19: "relu4_1"}
MARGIN, MULTIPLE = 8, 8


def statistics(x, epsilon):
    variance, mean = torch.var_mean(x, (2, 3), unbiased=False, keepdim=True)
    return mean, (variance + epsilon).sqrt()


def adain(x, own, wanted):
    scale = wanted[1] / own[1]
    return (wanted[0] - own[0] * scale) + x * scale


def colours(picture, grain=.03):
    flat = picture.flatten(2)[0].double()
    mean = flat.mean(1, keepdim=True)
    return mean, (flat - mean) @ (flat - mean).t() / flat.shape[1] + grain ** 2 * torch.eye(3)


def root(matrix, power):
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values ** power @ vectors.t()


def recoloured(picture, wanted):
    """The style's mean colour and covariance, by the linear map that moves colours least."""
    mean, covariance = colours(picture)
    half, inverse = root(covariance, .5), root(covariance, -.5)
    change = inverse @ root(half @ wanted[1] @ half, .5) @ inverse
    moved = change.float() @ picture.flatten(2)[0] + (wanted[0] - change @ mean).float()
    return moved.view_as(picture)


class Baseline:
    def __init__(self, features, decoder, edge):
        torch.manual_seed(1)
        self.encoder, self.decoder = tensors.read(features), tensors.read(decoder)

        def picture():
            coarse = torch.rand(1, 3, edge // 8, edge // 8)
            smooth = F.interpolate(coarse, size=(edge, edge), mode="bicubic", align_corners=False).clamp(0, 1)
            return (smooth * 255).round() / 255
        self.content, self.style = picture(), picture()
        self.edge = edge
        with torch.no_grad():
            self.style_levels = [statistics(f, 1e-2) for f in self.encode(self.style)]
            self.style_colours = colours(self.style)

    def encode(self, picture):
        mean = torch.tensor([.485, .456, .406]).view(1, 3, 1, 1)
        deviation = torch.tensor([.229, .224, .225]).view(1, 3, 1, 1)
        x, found = F.pad((picture - mean) / deviation, (1, 1, 1, 1), mode="replicate"), []
        for index in LAYERS:
            if index is None:
                x = F.max_pool2d(x, 2)
                continue
            x = F.relu(F.conv2d(x, self.encoder[f"features.{index}.weight"], self.encoder[f"features.{index}.bias"],
                                padding=0 if index == 0 else 1))
            if index in TAPS:
                found.append(x)
        return found[::-1]

    def convolution(self, name, x):
        weight = self.decoder[f"{name}.weight"]
        if weight.shape[2] == 3:
            x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return F.conv2d(x, weight, self.decoder[f"{name}.bias"])

    def decode(self, levels):
        def doubled(x):
            return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        x = F.relu(self.convolution("deep", levels[0]))
        x = doubled(x) + self.convolution("skip3", levels[1]) + self.convolution("skip2", F.avg_pool2d(levels[2], 2))
        for name in ("middle1", "middle2", "middle3"):
            x = F.relu(self.convolution(name, x))
        x = F.relu(self.convolution("fine1", doubled(x)))
        x = F.relu(self.convolution("fine2", x))
        x = F.relu(self.convolution("full", doubled(x)))
        return self.convolution("colours", x)

    def inputs(self):
        return {"content": self.content, "style": self.style}

    @torch.no_grad()
    def step(self):
        right = MARGIN + -self.edge % MULTIPLE
        levels = self.encode(F.pad(self.content, (MARGIN, right, MARGIN, right), mode="replicate"))
        return {"picture": self.blend(levels, [statistics(f, 1e-2) for f in levels])}

    def blend(self, levels, own):
        mixed = [adain(f, mine, theirs) for f, mine, theirs in zip(levels, own, self.style_levels)]
        picture = self.decode(mixed)[:, :, MARGIN:MARGIN + self.edge, MARGIN:MARGIN + self.edge]
        return recoloured(picture, self.style_colours).clamp(0, 1)
