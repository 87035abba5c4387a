"""The halving and doubling without aliasing of CUT's code (taesungp/contrastive-unpaired-translation, models/networks.py: Downsample with three taps,
Upsample with four), as PyTorch's depthwise convolutions."""

import torch
from torch import nn
from torch.nn import functional as F


def blur_kernel(taps, channels):
    taps = torch.tensor(taps)
    kernel = torch.outer(taps, taps)
    return (kernel / kernel.sum()).repeat(channels, 1, 1, 1)


class BlurHalve(nn.Module):
    def forward(self, x):
        return F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), blur_kernel([1.0, 2, 1], x.shape[1]), stride=2, groups=x.shape[1])


class BlurDouble(nn.Module):
    def forward(self, x):
        kernel = 4 * blur_kernel([1.0, 3, 3, 1], x.shape[1])
        padded = F.pad(x, (1, 1, 1, 1), "replicate")
        return F.conv_transpose2d(padded, kernel, stride=2, padding=2, groups=x.shape[1])[:, :, 1:-1, 1:-1]
