"""An iteration of style transfer (Gatys, Ecker, Bethge 2016) with VGG-19, as anybody would write it in PyTorch."""
import torch
import torch.nn.functional as F
from torch import nn

from . import tensors

# VGG-19 as far as relu5_1: torchvision's numbers of the convolutions; 0: a pooling.
LAYERS = [0, 2, None, 5, 7, None, 10, 12, 14, 16, None, 19, 21, 23, 25, None, 28]
STYLE, CONTENT = {0, 5, 10, 19, 28}, 21
CONTENT_WEIGHT, STYLE_WEIGHT = 1.0, 10.0


def gram(features):
    flat = features.flatten(2)[0]
    return flat @ flat.t() / flat.numel()


class Baseline:
    def __init__(self, weights, edge):
        torch.manual_seed(1)
        known = tensors.read(weights)
        self.network = nn.ModuleDict()
        for index in filter(lambda i: i is not None, LAYERS):
            weight = known[f"features.{index}.weight"]
            layer = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1)
            layer.weight.data, layer.bias.data = weight, known[f"features.{index}.bias"]
            self.network[str(index)] = layer.requires_grad_(False)

        def smooth():
            coarse = torch.rand(1, 3, edge // 8, edge // 8)
            return F.interpolate(coarse, size=(edge, edge), mode="bicubic", align_corners=False).clamp(0, 1)
        self.start(smooth(), smooth(), smooth())

    def start(self, content, style, picture=None):
        """From `picture`, or from the content."""
        self.content, self.style = content, style
        self.picture = (content if picture is None else picture).clone().requires_grad_()
        self.optimiser = torch.optim.Adam([self.picture], lr=.02, betas=(.9, .99))
        with torch.no_grad():
            _, self.content_features = self.features(self.content)
            self.grams = [gram(f) for f in self.features(self.style)[0]]

    def features(self, picture):
        mean = torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
        x = F.pad(picture.flip(1) * 255 - mean, (1, 1, 1, 1), mode="replicate")
        styles, content = [], None
        for index in LAYERS:
            if index is None:
                x = F.avg_pool2d(x, 2)
                continue
            layer = self.network[str(index)]
            x = F.relu(F.conv2d(x, layer.weight, layer.bias, padding=0 if index == 0 else 1))
            if index in STYLE:
                styles.append(x)
            if index == CONTENT:
                content = x
        return styles, content

    def inputs(self):
        return {"content": self.content, "style": self.style, "picture": self.picture}

    def step(self):
        self.optimiser.zero_grad()
        styles, content = self.features(self.picture)
        # Relative to the target's own size, so that one weight suits all networks.
        loss = CONTENT_WEIGHT * (content - self.content_features).square().sum() / self.content_features.square().sum()
        for features, target in zip(styles, self.grams):
            loss = loss + STYLE_WEIGHT / len(self.grams) * (gram(features) - target).square().sum() / target.square().sum()
        loss.backward()
        self.optimiser.step()
        with torch.no_grad():
            self.picture.clamp_(0, 1)
        return {"loss": loss.detach(), "gradient": self.picture.grad.clone()}
