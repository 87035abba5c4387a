"""PyTorch's side of docs/results.md: trains the recipe of pytorch-CycleGAN-and-pix2pix on a folder, and translates the test images by epoch.

    python bench/results/pytorch_cyclegan.py IMAGES OUT [EPOCHS]

IMAGES has trainA, trainB, testA and testB. OUT/epoch-0001/AtoB/NAME.png is the translation of testA/NAME after the first epoch, and so on;
OUT/losses.csv has the losses. The same command continues after the last whole epoch (OUT/state.pt). Settings as in configs/horse2zebra-resnet-64.yaml: ResNet-6, 64 pixels, least squares, pool of 50,
lambda 10, identity 0.5, Adam 2e-4, linear decay in the second half.
"""
import itertools
import os
import random
import sys
import time

import numpy
import torch
from PIL import Image
from torch import nn

LOAD, SIZE, BLOCKS, LAMBDA, IDENTITY, RATE, POOL = 72, 64, 6, 10.0, 0.5, 2e-4, 50


def norm(channels):
    return nn.InstanceNorm2d(channels)


class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        pad, conv = nn.ReflectionPad2d, nn.Conv2d
        first = [pad(1), conv(channels, channels, 3), norm(channels), nn.ReLU(True)]
        self.branch = nn.Sequential(*first, pad(1), conv(channels, channels, 3), norm(channels))

    def forward(self, x):
        return x + self.branch(x)


def generator():
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, 64, 7), norm(64), nn.ReLU(True)]
    for a, b in ((64, 128), (128, 256)):
        layers += [nn.Conv2d(a, b, 3, stride=2, padding=1), norm(b), nn.ReLU(True)]
    layers += [ResidualBlock(256) for _ in range(BLOCKS)]
    for a, b in ((256, 128), (128, 64)):
        layers += [nn.ConvTranspose2d(a, b, 3, stride=2, padding=1, output_padding=1), norm(b), nn.ReLU(True)]
    return initialized(nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(64, 3, 7), nn.Tanh()))


def discriminator():
    layers = [nn.Conv2d(3, 64, 4, 2, 1), nn.LeakyReLU(0.2, True)]
    for a, b, stride in ((64, 128, 2), (128, 256, 2), (256, 512, 1)):
        layers += [nn.Conv2d(a, b, 4, stride, 1), norm(b), nn.LeakyReLU(0.2, True)]
    return initialized(nn.Sequential(*layers, nn.Conv2d(512, 1, 4, 1, 1)))


def initialized(network):
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0.0, 0.02)
            nn.init.zeros_(module.bias)
    return network


class ImagePool:
    """Translations of earlier steps for the discriminator: half of the time an earlier one is returned (the paper, section 4)."""

    def __init__(self):
        self.images = []

    def query(self, image):
        if len(self.images) < POOL:
            self.images.append(image)
            return image
        if random.random() < 0.5:
            return image
        at = random.randrange(POOL)
        earlier, self.images[at] = self.images[at], image
        return earlier


def files(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def read(path, size):
    """A uint8 array [size, size, 3]."""
    with Image.open(path) as image:
        return numpy.asarray(image.convert("RGB").resize((size, size), Image.BICUBIC))


def tensor(pixels):
    return torch.from_numpy(pixels.astype(numpy.float32) / 127.5 - 1).permute(2, 0, 1)[None].contiguous()


def jittered(pixels):
    top, left = random.randint(0, LOAD - SIZE), random.randint(0, LOAD - SIZE)
    crop = pixels[top : top + SIZE, left : left + SIZE]
    return tensor(crop[:, ::-1].copy() if random.random() < 0.5 else crop.copy())


def translate(networks, images, out):
    for direction, network in networks.items():
        folder = os.path.join(out, direction)
        os.makedirs(folder, exist_ok=True)
        for path in files(os.path.join(images, "testA" if direction == "AtoB" else "testB")):
            with torch.no_grad():
                pixels = network(tensor(read(path, SIZE)))[0].permute(1, 2, 0).numpy()
            name = os.path.splitext(os.path.basename(path))[0] + ".png"
            Image.fromarray(numpy.clip(numpy.rint((pixels + 1) * 127.5), 0, 255).astype(numpy.uint8)).save(os.path.join(folder, name))


def main(images, out, epochs):
    random.seed(42)
    torch.manual_seed(42)
    A, B = ([read(path, LOAD) for path in files(os.path.join(images, name))] for name in ("trainA", "trainB"))
    G, F, DX, DY = generator(), generator(), discriminator(), discriminator()
    fakes_x, fakes_y = ImagePool(), ImagePool()
    adam = lambda *nets: torch.optim.Adam(itertools.chain(*(net.parameters() for net in nets)), RATE, (0.5, 0.999))
    optimizer_g, optimizer_d = adam(G, F), adam(DX, DY)
    constant = epochs // 2
    rate = lambda epoch: 1 - max(0, epoch + 1 - constant) / (epochs - constant + 1)
    schedules = [torch.optim.lr_scheduler.LambdaLR(each, rate) for each in (optimizer_g, optimizer_d)]
    l1, square = nn.L1Loss(), nn.MSELoss()
    gan = lambda judged, real: square(judged, torch.full_like(judged, float(real)))
    os.makedirs(out, exist_ok=True)
    parts = {"G": G, "F": F, "DX": DX, "DY": DY, "adam_g": optimizer_g, "adam_d": optimizer_d, "rate_g": schedules[0], "rate_d": schedules[1]}
    saved, first, step = os.path.join(out, "state.pt"), 0, 0
    if os.path.exists(saved):
        state = torch.load(saved, weights_only=False)
        for name, part in parts.items():
            part.load_state_dict(state[name])
        first, step, fakes_x.images, fakes_y.images = state["epoch"], state["step"], state["pool_x"], state["pool_y"]
        random.setstate(state["random"])
    else:
        translate({"AtoB": G, "BtoA": F}, images, os.path.join(out, "epoch-0000"))
    log, began, before = open(os.path.join(out, "losses.csv"), "a"), time.time(), step
    for epoch in range(first, epochs):
        # As in the paper's code: an epoch goes through the larger domain, and draws from the other at random.
        order = random.sample(range(max(len(A), len(B))), max(len(A), len(B)))
        for index in order:
            x = jittered(A[index] if len(A) >= len(B) else random.choice(A))
            y = jittered(B[index] if len(B) > len(A) else random.choice(B))
            for net in (DX, DY):
                net.requires_grad_(False)
            fake_y, fake_x = G(x), F(y)
            cycle = LAMBDA * (l1(F(fake_y), x) + l1(G(fake_x), y))
            identity = IDENTITY * LAMBDA * (l1(G(y), y) + l1(F(x), x))
            loss = gan(DY(fake_y), True) + gan(DX(fake_x), True) + cycle + identity
            optimizer_g.zero_grad()
            loss.backward()
            optimizer_g.step()
            for net in (DX, DY):
                net.requires_grad_(True)
            optimizer_d.zero_grad()
            loss_x = 0.5 * (gan(DX(x), True) + gan(DX(fakes_x.query(fake_x.detach())), False))
            loss_y = 0.5 * (gan(DY(y), True) + gan(DY(fakes_y.query(fake_y.detach())), False))
            loss_x.backward()
            loss_y.backward()
            optimizer_d.step()
            step += 1
            if step % 25 == 0:
                print(f"{step},{loss.item():.4f},{loss_x.item():.4f},{loss_y.item():.4f}", file=log, flush=True)
                print(f"\repoch {epoch + 1}/{epochs} step {step} {(step - before) / (time.time() - began):.2f} steps/s", end="", flush=True)
        for schedule in schedules:
            schedule.step()
        translate({"AtoB": G, "BtoA": F}, images, os.path.join(out, f"epoch-{epoch + 1:04d}"))
        state = {name: part.state_dict() for name, part in parts.items()}
        state.update(epoch=epoch + 1, step=step, pool_x=fakes_x.images, pool_y=fakes_y.images, random=random.getstate())
        torch.save(state, saved + ".new")
        os.replace(saved + ".new", saved)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 5)
