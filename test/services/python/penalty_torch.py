"""Gradient penalties of a PatchGAN by PyTorch's automatic differentiation, to compare the runner's with.

    python penalty_torch.py CASE.json

prints the penalty at given images, and its gradient by each weight. CASE: {kind: norm | square, target, width, layers, slope, amplitude,
shape: [b, s, s, c], images: [...]}.
"""

import json
import sys

import torch
from torch import nn

import pattern


def patchgan(channels, width, layers, slope):
    """Returns the modules, and for each weight its name, the tensor, and the axes that bring it into the runner's order."""
    filters = [min(width * 2**i, 8 * width) for i in range(layers + 1)]
    modules, named = [], []

    def conv(name, a, b, stride, bias=False):
        module = nn.Conv2d(a, b, 4, stride=stride, padding=1, bias=bias)
        modules.append(module)
        named.append((f"{name}/kernel", module.weight, (2, 3, 1, 0)))
        if bias:
            named.append((f"{name}/bias", module.bias, (0,)))

    def norm(name, c):
        module = nn.InstanceNorm2d(c, affine=True)
        modules.append(module)
        named.extend(((f"{name}/norm/scale", module.weight, (0,)), (f"{name}/norm/offset", module.bias, (0,))))

    for i, to in enumerate(filters[:-1]):
        name = f"down{i + 1}"
        conv(name, filters[i - 1] if i else channels, to, 2)
        if i > 0:
            norm(name, to)
        modules.append(nn.LeakyReLU(slope))
    conv("wide", filters[-2], filters[-1], 1)
    norm("wide", filters[-1])
    modules.append(nn.LeakyReLU(slope))
    conv("logits", filters[-1], 1, 1, bias=True)
    return nn.Sequential(*modules), named


def main(case):
    b, s, _, c = case["shape"]
    D, named = patchgan(c, case["width"], case["layers"], case["slope"])
    with torch.no_grad():
        for name, weight, axes in named:
            inverse = sorted(range(len(axes)), key=axes.__getitem__)
            shape = [weight.shape[axis] for axis in axes]
            value = torch.from_numpy(pattern.weight("D", name, shape, case["amplitude"]))
            weight.copy_(value.permute(inverse))

    x = torch.tensor(case["images"]).reshape(b, s, s, c).permute(0, 3, 1, 2).requires_grad_()
    (gradient,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    flat = gradient.reshape(b, -1)
    if case["kind"] == "norm":
        penalty = ((flat.norm(dim=1) - case["target"]) ** 2).mean()
    else:
        penalty = flat.square().sum(dim=1).mean()
    gradients = torch.autograd.grad(penalty, [weight for _, weight, _ in named], allow_unused=True)
    by_name = {
        name: [0.0] * weight.numel() if own is None else own.permute(axes).flatten().tolist()
        for (name, weight, axes), own in zip(named, gradients)
    }
    print(json.dumps({"penalty": penalty.item(), "gradients": by_name}))


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        main(json.load(file))
