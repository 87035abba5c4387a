"""The PatchGAN discriminator from PyTorch's own modules, to compare the runner's forward pass with.

    python patchgan_torch.py CASE.json OUT

writes OUT/logits.bin: float32, [b, s, s, 1]. CASE: {layers, width, slope, imageSize, batch, amplitude, downsampling}.
"""

import json
import os
import sys

import numpy as np
import torch
from torch import nn

import pattern
from blur_torch import BlurHalve


def patchgan(width, layers, slope, downsampling):
    strided = downsampling == "strided"
    modules, channels = [], 3
    for i in range(layers + 1):
        to, halves = width * min(2**i, 8), i < layers
        modules += [nn.Conv2d(channels, to, 4, stride=2 if halves and strided else 1, padding=1, bias=False)]
        modules += [nn.InstanceNorm2d(to, affine=True)] if i > 0 else []
        modules += [nn.LeakyReLU(slope)]
        modules += [BlurHalve()] if halves and not strided else []
        channels = to
    return nn.Sequential(*modules, nn.Conv2d(channels, 1, 4, padding=1))


def fill(model, layers, amplitude):
    """Copies the runner's weights of these names into the modules, in order."""
    names = [f"down{i + 1}" for i in range(layers)] + ["wide", "logits"]
    value = lambda name, shape: torch.from_numpy(pattern.weight("D", name, shape, amplitude))
    convs = [m for m in model if isinstance(m, nn.Conv2d)]
    norms = [m for m in model if isinstance(m, nn.InstanceNorm2d)]
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
    model = patchgan(case["width"], case["layers"], case["slope"], case["downsampling"])
    fill(model, case["layers"], case["amplitude"])
    x = pattern.images("x", (case["batch"], case["imageSize"], case["imageSize"], 3))
    with torch.no_grad():
        y = model(torch.from_numpy(x).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).numpy()
    np.ascontiguousarray(y, dtype="<f4").tofile(os.path.join(out, "logits.bin"))


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        main(json.load(file), sys.argv[2])
