"""The PatchGAN discriminator from PyTorch's own modules, to compare the runner's forward pass with.

    python patchgan_torch.py CASE.json OUT

writes OUT/logits.bin: float32, [b, s, s, 1], of each scale, the finest first. CASE: {layers, width, slope, imageSize, batch, amplitude,
downsampling, scales, norm}.
"""

import json
import os
import sys

import numpy as np
import torch
from torch import nn

import pattern
from blur_torch import BlurHalve


def patchgan(width, layers, slope, downsampling, norm="instance"):
    norms = {"instance": lambda c: nn.InstanceNorm2d(c, affine=True), "batch": nn.BatchNorm2d}
    strided = downsampling == "strided"
    modules, channels = [], 3
    for i in range(layers + 1):
        to, halves = width * min(2**i, 8), i < layers
        modules += [nn.Conv2d(channels, to, 4, stride=2 if halves and strided else 1, padding=1, bias=False)]
        modules += [norms[norm](to)] if i > 0 else []
        modules += [nn.LeakyReLU(slope)]
        modules += [BlurHalve()] if halves and not strided else []
        channels = to
    return nn.Sequential(*modules, nn.Conv2d(channels, 1, 4, padding=1))


def fill(model, layers, amplitude, prefix=""):
    """Copies the runner's weights of these names into the modules, in order."""
    names = [f"down{i + 1}" for i in range(layers)] + ["wide", "logits"]
    value = lambda name, shape: torch.from_numpy(pattern.weight("D", prefix + name, shape, amplitude))
    convs = [m for m in model if isinstance(m, nn.Conv2d)]
    norms = [m for m in model if isinstance(m, (nn.InstanceNorm2d, nn.BatchNorm2d))]
    with torch.no_grad():
        for name, conv in zip(names, convs, strict=True):
            # TensorFlow: [height, width, in, out]; PyTorch: the reverse order.
            to, channels, height, width = conv.weight.shape
            conv.weight.copy_(value(f"{name}/kernel", (height, width, channels, to)).permute(3, 2, 0, 1))
            if conv.bias is not None:
                conv.bias.copy_(value(f"{name}/bias", conv.bias.shape))
        for name, module in zip(names[1:-1], norms, strict=True):
            module.weight.copy_(value(f"{name}/norm/scale", module.weight.shape))
            module.bias.copy_(value(f"{name}/norm/offset", module.bias.shape))


def main(case, out):
    scales = case.get("scales", 1)
    x = torch.from_numpy(pattern.images("x", (case["batch"], case["imageSize"], case["imageSize"], 3))).permute(0, 3, 1, 2)
    halve = nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)
    maps = []
    for i in range(scales):
        # In training mode, as a batch norm is in a step.
        model = patchgan(case["width"], case["layers"], case["slope"], case["downsampling"], case["norm"]).train()
        fill(model, case["layers"], case["amplitude"], f"scale{i + 1}/" if scales > 1 else "")
        with torch.no_grad():
            maps.append(model(x).permute(0, 2, 3, 1).numpy().ravel())
        x = halve(x)
    np.concatenate(maps).astype("<f4").tofile(os.path.join(out, "logits.bin"))


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        main(json.load(file), sys.argv[2])
