"""The networks of the TensorFlow tutorial and of the paper, in PyTorch: instance norm without weights and biased convolutions, as in the paper's code."""
import torch
from torch import nn


def norm_relu(channels):
    return [nn.InstanceNorm2d(channels), nn.ReLU(inplace=True)]


class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.branch = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            *norm_relu(channels),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x):
        return x + self.branch(x)


def resnet(blocks, width):
    w = width
    return nn.Sequential(
        nn.ReflectionPad2d(3),
        nn.Conv2d(3, w, 7),
        *norm_relu(w),
        nn.Conv2d(w, 2 * w, 3, stride=2, padding=1),
        *norm_relu(2 * w),
        nn.Conv2d(2 * w, 4 * w, 3, stride=2, padding=1),
        *norm_relu(4 * w),
        *(ResidualBlock(4 * w) for _ in range(blocks)),
        nn.ConvTranspose2d(4 * w, 2 * w, 3, stride=2, padding=1, output_padding=1),
        *norm_relu(2 * w),
        nn.ConvTranspose2d(2 * w, w, 3, stride=2, padding=1, output_padding=1),
        *norm_relu(w),
        nn.ReflectionPad2d(3),
        nn.Conv2d(w, 3, 7),
        nn.Tanh(),
    )


class UNet(nn.Module):
    """Halves the image `depth` times, and doubles it again with skip connections."""

    def __init__(self, size, width, depth, dropout, slope):
        super().__init__()
        filters = [width * min(2**i, 8) for i in range(depth)]
        self.downs = nn.ModuleList(
            self.down(before, after, slope, norm=0 < i and size > 2 ** (i + 1))
            for i, (before, after) in enumerate(zip([3, *filters], filters))
        )
        ups = list(reversed(filters[:-1]))
        inputs = [filters[-1], *(2 * channels for channels in ups[:-1])]
        self.ups = nn.ModuleList(
            self.up(before, after, dropout if i < 3 else 0) for i, (before, after) in enumerate(zip(inputs, ups))
        )
        last = 2 * filters[0] if depth > 1 else filters[0]
        self.last = nn.Sequential(nn.ConvTranspose2d(last, 3, 4, stride=2, padding=1), nn.Tanh())

    @staticmethod
    def down(before, after, slope, norm):
        """PyTorch cannot normalise a single pixel, so the innermost layer has no norm."""
        layers = [nn.Conv2d(before, after, 4, stride=2, padding=1)]
        layers += [nn.InstanceNorm2d(after)] if norm else []
        return nn.Sequential(*layers, nn.LeakyReLU(slope, inplace=True))

    @staticmethod
    def up(before, after, dropout):
        layers = [nn.ConvTranspose2d(before, after, 4, stride=2, padding=1), nn.InstanceNorm2d(after)]
        layers += [nn.Dropout(dropout)] if dropout > 0 else []
        return nn.Sequential(*layers, nn.ReLU(inplace=True))

    def forward(self, x):
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
        skips.pop()
        for up in self.ups:
            x = torch.cat([up(x), skips.pop()], 1)
        return self.last(x)


def patchgan(width, layers, slope):
    def layer(before, after, stride):
        return [nn.Conv2d(before, after, 4, stride, 1), nn.InstanceNorm2d(after), nn.LeakyReLU(slope, inplace=True)]

    filters = [width * min(2**i, 8) for i in range(layers + 1)]
    strides = [2] * (layers - 1) + [1]
    return nn.Sequential(
        nn.Conv2d(3, filters[0], 4, 2, 1),
        nn.LeakyReLU(slope, inplace=True),
        *(part for sides in zip(filters, filters[1:], strides) for part in layer(*sides)),
        nn.Conv2d(filters[-1], 1, 4, 1, 1),
    )


def generator(case):
    options = case["generator"]
    if options["type"] == "unet":
        return UNet(case["size"], *(options[name] for name in ("width", "depth", "dropout", "slope")))
    return resnet(options["blocks"], options["width"])


def discriminator(case):
    return patchgan(*(case["discriminator"][name] for name in ("width", "layers", "slope")))
