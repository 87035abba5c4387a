"""Networks with the modules, and so the names of tensors, of pytorch-CycleGAN-and-pix2pix and CUT, with random weights.

    python import_torch.py CASES.json OUT

For each case {name, network, size, ...} writes OUT/NAME.pth, the state_dict; OUT/NAME.x.bin and OUT/NAME.y.bin, an input and its output: float32,
[1, s, s, c].
"""

import json
import os
import sys

import numpy as np
import torch
from torch import nn

from blur_torch import BlurDouble, BlurHalve


def norm_layer(kind):
    return {
        "instance": lambda c: nn.InstanceNorm2d(c, affine=False, track_running_stats=False),
        "batch": lambda c: nn.BatchNorm2d(c),
        "none": lambda c: nn.Identity(),
    }[kind]


class Blur(nn.Module):
    """CUT's Downsample and Upsample keep their filter as a buffer."""

    def __init__(self, blur, channels):
        super().__init__()
        self.register_buffer("filt", torch.ones(channels, 1, 3, 3))
        self.blur = blur

    def forward(self, x):
        return self.blur(x)


class Residual(nn.Module):
    def __init__(self, c, norm, bias, dropout):
        super().__init__()
        half = lambda: [nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3, bias=bias), norm(c)]
        self.conv_block = nn.Sequential(*half(), nn.ReLU(), *([nn.Dropout(0.5)] if dropout else []), *half())

    def forward(self, x):
        return x + self.conv_block(x)


class ResNet(nn.Module):
    def __init__(self, blocks, width, norm, dropout=False, antialiased=False, inputs=3):
        super().__init__()
        bias, norm = norm == "instance", norm_layer(norm)
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(inputs, width, 7, bias=bias), norm(width), nn.ReLU()]
        for c in (width, 2 * width):
            stride = 1 if antialiased else 2
            layers += [nn.Conv2d(c, 2 * c, 3, stride=stride, padding=1, bias=bias), norm(2 * c), nn.ReLU()]
            layers += [Blur(BlurHalve(), 2 * c)] if antialiased else []
        layers += [Residual(4 * width, norm, bias, dropout) for _ in range(blocks)]
        for c in (4 * width, 2 * width):
            if antialiased:
                layers += [Blur(BlurDouble(), c), nn.Conv2d(c, c // 2, 3, padding=1, bias=bias)]
            else:
                layers += [nn.ConvTranspose2d(c, c // 2, 3, stride=2, padding=1, output_padding=1, bias=bias)]
            layers += [norm(c // 2), nn.ReLU()]
        self.model = nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh())

    def forward(self, x):
        return self.model(x)


class Block(nn.Module):
    """A level of a U-Net around the level inside it."""

    def __init__(self, outer, inner, norm, bias, inside=None, outermost=False, dropout=False, inputs=None):
        super().__init__()
        self.outermost = outermost
        down = nn.Conv2d(inputs or outer, inner, 4, stride=2, padding=1, bias=bias)
        up = lambda c, bias: nn.ConvTranspose2d(c, outer, 4, stride=2, padding=1, bias=bias)
        relu, leaky = nn.ReLU(True), nn.LeakyReLU(0.2, True)
        if outermost:
            layers = [down, inside, relu, up(2 * inner, True), nn.Tanh()]
        elif inside is None:
            layers = [leaky, down, relu, up(inner, bias), norm(outer)]
        else:
            layers = [leaky, down, norm(inner), inside, relu, up(2 * inner, bias), norm(outer)]
            layers += [nn.Dropout(0.5)] if dropout else []
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


class UNet(nn.Module):
    def __init__(self, depth, width, norm, dropout=True):
        super().__init__()
        bias, norm = norm == "instance", norm_layer(norm)
        block = Block(8 * width, 8 * width, norm, bias)
        for _ in range(depth - 5):
            block = Block(8 * width, 8 * width, norm, bias, block, dropout=dropout)
        for c in (4 * width, 2 * width, width):
            block = Block(c, 2 * c, norm, bias, block)
        self.model = Block(3, width, norm, bias, block, outermost=True)

    def forward(self, x):
        return self.model(x)


class PatchGan(nn.Module):
    def __init__(self, layers, width, norm, inputs=3, antialiased=False):
        super().__init__()
        bias, norm = norm == "instance", norm_layer(norm)
        modules, channels = [], inputs
        for i in range(layers + 1):
            to, halves = width * min(2**i, 8), i < layers
            stride = 2 if halves and not antialiased else 1
            modules += [nn.Conv2d(channels, to, 4, stride=stride, padding=1, bias=bias or i == 0)]
            modules += [norm(to)] if i > 0 else []
            modules += [nn.LeakyReLU(0.2, True)]
            modules += [Blur(BlurHalve(), to)] if halves and antialiased else []
            channels = to
        self.model = nn.Sequential(*modules, nn.Conv2d(channels, 1, 4, padding=1))

    def forward(self, x):
        return self.model(x)


class PixelGan(nn.Module):
    def __init__(self, width, norm):
        super().__init__()
        bias, norm = norm == "instance", norm_layer(norm)
        layers = [nn.Conv2d(3, width, 1), nn.LeakyReLU(0.2, True), nn.Conv2d(width, 2 * width, 1, bias=bias)]
        layers += [norm(2 * width), nn.LeakyReLU(0.2, True), nn.Conv2d(2 * width, 1, 1, bias=bias)]
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)


NETWORKS = {"resnet": ResNet, "unet": UNet, "patchgan": PatchGan, "pixelgan": PixelGan}


def randomize(model, generator):
    """Weights with which signals neither vanish nor explode, and no symmetry."""
    draw = lambda shape: torch.randn(shape, generator=generator)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.dim() == 4 and not name.endswith("filt"):
                tensor.copy_(draw(tensor.shape) / tensor[0].numel() ** 0.5)
            elif name.endswith("running_var"):
                tensor.copy_(draw(tensor.shape).abs() + 0.5)
            elif name.endswith("weight"):
                tensor.copy_(1 + 0.1 * draw(tensor.shape))
            elif tensor.is_floating_point() and not name.endswith("filt"):
                tensor.copy_(0.1 * draw(tensor.shape))


def main(cases, out):
    for seed, case in enumerate(cases):
        generator = torch.Generator().manual_seed(seed)
        model = NETWORKS[case["network"]](**case["shape"])
        randomize(model, generator)
        state = {("module." if case.get("wrapped") else "") + key: value for key, value in model.state_dict().items()}
        if case.get("statistics"):
            # What InstanceNorm2d saved before torch 0.4.
            for key in [key for key in state if key.endswith("bias")]:
                module, channels = key.removesuffix(".bias"), len(state[key])
                before, _, at = module.rpartition(".")
                norm = f"{before}.{int(at) + 1}"
                state |= {f"{norm}.running_mean": torch.zeros(channels), f"{norm}.running_var": torch.ones(channels)}
        path = os.path.join(out, case["name"])
        torch.save(state, path + ".pth", _use_new_zipfile_serialization=not case.get("old"))
        # As `test.py` does without --eval: batch norms use the image's statistics. Dropout is off here.
        model.train(case.get("train", False))
        for module in model.modules():
            if isinstance(module, nn.Dropout):
                module.eval()
        x = torch.rand((1, case.get("inputs", 3), case["size"], case["size"]), generator=generator) * 2 - 1
        with torch.no_grad():
            y = model(x)
        for name, value in (("x", x), ("y", y)):
            np.ascontiguousarray(value.permute(0, 2, 3, 1).numpy(), dtype="<f4").tofile(f"{path}.{name}.bin")
    print(json.dumps([case["name"] for case in cases]))


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        main(json.load(file), sys.argv[2])
