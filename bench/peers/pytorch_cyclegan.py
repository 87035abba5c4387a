"""CycleGAN in eager PyTorch, as commonly written: the networks of the TensorFlow tutorial and of the paper's code."""
import contextlib
import itertools

import torch
from torch import nn
from torch.nn import functional

import protocol

TASK = protocol.task()
SIZE, BATCH = TASK["case"]["size"], TASK["case"]["batch"]
LAMBDA, IDENTITY = 10.0, 0.5

torch.manual_seed(1)
torch.set_num_threads(protocol.cores())
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


# --- networks: instance norm without weights and biased convolutions, as in the paper's code


def norm_relu(channels):
    return [nn.InstanceNorm2d(channels), nn.ReLU(inplace=True)]


class ResidualBlock(nn.Module):
    def __init__(self, channels=256):
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


def resnet(blocks):
    return nn.Sequential(
        nn.ReflectionPad2d(3),
        nn.Conv2d(3, 64, 7),
        *norm_relu(64),
        nn.Conv2d(64, 128, 3, stride=2, padding=1),
        *norm_relu(128),
        nn.Conv2d(128, 256, 3, stride=2, padding=1),
        *norm_relu(256),
        *(ResidualBlock() for _ in range(blocks)),
        nn.ConvTranspose2d(256, 128, 3, stride=2, padding=1, output_padding=1),
        *norm_relu(128),
        nn.ConvTranspose2d(128, 64, 3, stride=2, padding=1, output_padding=1),
        *norm_relu(64),
        nn.ReflectionPad2d(3),
        nn.Conv2d(64, 3, 7),
        nn.Tanh(),
    )


class UNet(nn.Module):
    """Halves the image as often as possible, at most 8 times, and doubles it again with skip connections."""

    def __init__(self, size):
        super().__init__()
        depth = next(depth for depth in range(8, 0, -1) if size % 2**depth == 0)
        filters = [64 * min(2**i, 8) for i in range(depth)]
        self.downs = nn.ModuleList(
            self.down(before, after, norm=0 < i and size > 2 ** (i + 1))
            for i, (before, after) in enumerate(zip([3, *filters], filters))
        )
        ups = list(reversed(filters[:-1]))
        inputs = [filters[-1], *(2 * channels for channels in ups[:-1])]
        self.ups = nn.ModuleList(
            self.up(before, after, dropout=i < 3) for i, (before, after) in enumerate(zip(inputs, ups))
        )
        last = 2 * filters[0] if depth > 1 else filters[0]
        self.last = nn.Sequential(nn.ConvTranspose2d(last, 3, 4, stride=2, padding=1), nn.Tanh())

    @staticmethod
    def down(before, after, norm):
        """PyTorch cannot normalise a single pixel, so the innermost layer has no norm."""
        layers = [nn.Conv2d(before, after, 4, stride=2, padding=1)]
        layers += [nn.InstanceNorm2d(after)] if norm else []
        return nn.Sequential(*layers, nn.LeakyReLU(0.3, inplace=True))

    @staticmethod
    def up(before, after, dropout):
        layers = [nn.ConvTranspose2d(before, after, 4, stride=2, padding=1), nn.InstanceNorm2d(after)]
        layers += [nn.Dropout(0.5)] if dropout else []
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


def discriminator():
    def layer(before, after, stride):
        return [nn.Conv2d(before, after, 4, stride, 1), nn.InstanceNorm2d(after), nn.LeakyReLU(0.3, inplace=True)]

    return nn.Sequential(
        nn.Conv2d(3, 64, 4, 2, 1),
        nn.LeakyReLU(0.3, inplace=True),
        *layer(64, 128, 2),
        *layer(128, 256, 2),
        *layer(256, 512, 1),
        nn.Conv2d(512, 1, 4, 1, 1),
    )


def generator():
    options = TASK["case"]["generator"]
    return UNet(SIZE) if options["type"] == "unet" else resnet(options["blocks"])


G, F = generator().to(device), generator().to(device)
D_X, D_Y = discriminator().to(device), discriminator().to(device)


def adam(*networks):
    return torch.optim.Adam(itertools.chain(*(n.parameters() for n in networks)), lr=2e-4, betas=(0.5, 0.999))


generators_adam, discriminators_adam = adam(G, F), adam(D_X, D_Y)


# --- the training step


def adversarial_loss(logits, real):
    """Adversarial loss of the logits against all real, or all translated."""
    logits = logits.float()
    return functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, 1.0 if real else 0.0))


def train_step(x, y):
    """Updates all four networks once. Returns the losses as numbers."""
    for parameter in itertools.chain(D_X.parameters(), D_Y.parameters()):
        parameter.requires_grad = False
    fake_y, fake_x = G(x), F(y)
    losses = {
        "G/adversarial": adversarial_loss(D_Y(fake_y), real=True),
        "F/adversarial": adversarial_loss(D_X(fake_x), real=True),
        "cycle/forward": functional.l1_loss(F(fake_y), x),
        "cycle/backward": functional.l1_loss(G(fake_x), y),
        "identity/G": functional.l1_loss(G(y), y),
        "identity/F": functional.l1_loss(F(x), x),
    }
    weights = {"cycle": LAMBDA, "identity": LAMBDA * IDENTITY}
    total = sum(weights.get(name.split("/")[0], 1.0) * loss for name, loss in losses.items())
    generators_adam.zero_grad()
    total.backward()
    generators_adam.step()

    for parameter in itertools.chain(D_X.parameters(), D_Y.parameters()):
        parameter.requires_grad = True
    discriminators_adam.zero_grad()
    for name, network, real, fake in (("D_X", D_X, x, fake_x), ("D_Y", D_Y, y, fake_y)):
        loss = 0.5 * (adversarial_loss(network(real), real=True) + adversarial_loss(network(fake.detach()), real=False))
        loss.backward()
        losses[name] = loss
    discriminators_adam.step()
    return {name: loss.item() for name, loss in losses.items()}


def precision():
    if TASK["precision"] == "bfloat16":
        return torch.autocast(device.type, torch.bfloat16)
    return contextlib.nullcontext()


x, y = ((torch.rand(BATCH, 3, SIZE, SIZE) * 2 - 1).to(device) for _ in range(2))


def step():
    with precision():
        losses = train_step(x, y)
    if device.type == "cuda":
        torch.cuda.synchronize()
    return losses


def translate():
    G.eval()
    with torch.inference_mode(), precision():
        return G(x).float().cpu().numpy()


def files():
    """Image after image, as the paper's test.py: Pillow, the generator, Pillow."""
    import os
    import tempfile

    import numpy
    from PIL import Image

    G.eval()
    with tempfile.TemporaryDirectory() as out, torch.inference_mode(), precision():
        for name in sorted(os.listdir(TASK["images"])):
            image = numpy.asarray(Image.open(os.path.join(TASK["images"], name)).convert("RGB"))
            pixels = torch.from_numpy(image.transpose(2, 0, 1).astype(numpy.float32) / 127.5 - 1)
            translated = G(pixels[None].to(device))[0].float().cpu().numpy().transpose(1, 2, 0)
            translated = numpy.clip(numpy.round((translated + 1) * 127.5), 0, 255).astype(numpy.uint8)
            Image.fromarray(translated).save(os.path.join(out, name), quality=95, subsampling=0)


protocol.serve(
    {"torch": torch.__version__, "device": "gpu" if device.type == "cuda" else "cpu"},
    {"step": step, "translate": translate, "files": files},
)
