"""The paper's ResNet generator from PyTorch's own modules, to compare the runner's forward pass with.

    python resnet_torch.py CASE.json OUT

writes OUT/translated.bin: float32, [b, s, s, 3]. CASE: {blocks, width, imageSize, batch, amplitude} and the options of the generator.
"""

import json
import os
import sys

import numpy as np
import torch
from torch import nn

import pattern
from blur_torch import BlurDouble, BlurHalve


class Residual(nn.Module):
    def __init__(self, channels, norm, bias):
        super().__init__()
        layer = lambda: [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=bias), norm(channels)]
        self.branch = nn.Sequential(*layer(), nn.ReLU(), *layer())

    def forward(self, x):
        return x + self.branch(x)


class Attention(nn.Module):
    """SAGAN's self-attention as in its authors' code, with keys and values from a pooled image."""

    def __init__(self, channels):
        super().__init__()
        project = lambda to: nn.Conv2d(channels, to, 1, bias=False)
        self.query, self.key, self.value = project(channels // 8), project(channels // 8), project(channels // 2)
        self.output = nn.Conv2d(channels // 2, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        pixels = lambda y: y.flatten(2).transpose(1, 2)
        pooled = lambda y: pixels(nn.functional.max_pool2d(y, 2))
        scores = pixels(self.query(x)) @ pooled(self.key(x)).transpose(1, 2)
        found = scores.softmax(-1) @ pooled(self.value(x))
        return x + self.gamma * self.output(found.transpose(1, 2).unflatten(2, x.shape[2:]))


def resnet(case):
    width, bias = case["width"], case.get("bias", False)
    upsampling = case.get("upsampling", "transpose")
    strided = case.get("downsampling", "strided") == "strided"
    affine = case.get("affine", True)
    layer_norm = case.get("norm") == "layer"
    norm = lambda c: nn.GroupNorm(1, c, affine=affine) if layer_norm else nn.InstanceNorm2d(c, affine=affine)

    layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7, bias=bias), norm(width), nn.ReLU()]
    for c in (width, 2 * width):
        layers += [nn.Conv2d(c, 2 * c, 3, stride=2 if strided else 1, padding=1, bias=bias), norm(2 * c), nn.ReLU()]
        layers += [] if strided else [BlurHalve()]
    blocks = [Residual(4 * width, norm, bias) for _ in range(case["blocks"])]
    middle = (len(blocks) + 1) // 2
    attention = [Attention(4 * width)] if case.get("attention") else []
    layers += blocks[:middle] + attention + blocks[middle:]
    for c in (4 * width, 2 * width):
        layers += [*double(upsampling, c, c // 2, bias), norm(c // 2), nn.ReLU()]
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh())


def double(upsampling, c, to, bias):
    if upsampling == "transpose":
        return [nn.ConvTranspose2d(c, to, 3, stride=2, padding=1, output_padding=1, bias=bias)]
    if upsampling == "subpixel":
        return [nn.Conv2d(c, 4 * to, 3, padding=1, bias=bias), nn.PixelShuffle(2)]
    enlarge = {"resize": nn.Upsample(scale_factor=2), "antialiased": BlurDouble()}[upsampling]
    return [enlarge, nn.Conv2d(c, to, 3, padding=1, bias=bias)]


def fill(model, case):
    """Copies the runner's weights of these names into the modules, in order."""
    names = ["first", "down1", "down2"]
    names += [f"residual{i + 1}/conv{j}" for i in range(case["blocks"]) for j in (1, 2)] + ["up1", "up2", "last"]
    attention = [m for m in model.modules() if isinstance(m, Attention)]
    inside = {f"attention/{part}": getattr(m, part) for m in attention for part in ("query", "key", "value", "output")}
    outside = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)) and m not in inside.values()]
    convs = {**dict(zip(names, outside, strict=True)), **inside}
    norms = [m for m in model.modules() if isinstance(m, (nn.InstanceNorm2d, nn.GroupNorm)) and m.weight is not None]
    value = lambda name, shape: torch.from_numpy(pattern.weight("G", name, shape, case["amplitude"]))
    # The runner's channels of a subpixel convolution are in TensorFlow's order: all of the first pixel, then all of the second...
    shuffled = lambda name, x: x.unflatten(0, (4, -1)).transpose(0, 1).flatten(0, 1) if is_shuffled(case, name) else x
    with torch.no_grad():
        for name, conv in convs.items():
            # TensorFlow: [height, width, in, out], transposed [height, width, out, in]; PyTorch: the reverse order.
            a, b, height, width = conv.weight.shape
            conv.weight.copy_(shuffled(name, value(f"{name}/kernel", (height, width, b, a)).permute(3, 2, 0, 1)))
            if conv.bias is not None:
                conv.bias.copy_(shuffled(name, value(f"{name}/bias", conv.bias.shape)))
        for module in attention:
            module.gamma.copy_(value("attention/gamma", (1,)))
        for name, module in zip(names, norms):
            module.weight.copy_(value(f"{name}/norm/scale", module.weight.shape))
            module.bias.copy_(value(f"{name}/norm/offset", module.bias.shape))


def is_shuffled(case, name):
    return case.get("upsampling") == "subpixel" and name.startswith("up")


def main(case, out):
    model = resnet(case)
    fill(model, case)
    x = pattern.images("x", (case["batch"], case["imageSize"], case["imageSize"], 3))
    with torch.no_grad():
        y = model(torch.from_numpy(x).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).numpy()
    np.ascontiguousarray(y, dtype="<f4").tofile(os.path.join(out, "translated.bin"))


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        main(json.load(file), sys.argv[2])
