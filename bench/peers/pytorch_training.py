"""The training of a CycleGAN in PyTorch: four networks, two optimizers, and the step that updates all. Both of PyTorch's contestants run it."""
import contextlib
import itertools

import torch
from torch.nn import functional

import protocol
from pytorch_networks import discriminator, generator

LAMBDA = 10.0
ADAM = {"lr": 2e-4, "betas": (0.5, 0.999)}


def find_device():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Training:
    """The networks of a case with new weights, and a batch of each domain, both from the same seed on every device."""

    def __init__(self, task, device, memory_format=torch.contiguous_format, **adam):
        """`adam` has options of the optimizers beyond the recipe's: how they compute, not what."""
        protocol.require_instance_norm(task["case"])
        torch.manual_seed(1)
        torch.set_num_threads(protocol.cores())
        case = task["case"]
        self.device, self.precision, self.identity = device, task["precision"], case["identity"]
        place = {"device": device, "memory_format": memory_format}
        self.G, self.F = (generator(case).to(**place) for _ in range(2))
        self.D_X, self.D_Y = (discriminator(case).to(**place) for _ in range(2))
        self.generators_adam, self.discriminators_adam = (
            torch.optim.Adam([*parameters(*pair)], **ADAM, **adam) for pair in ((self.G, self.F), (self.D_X, self.D_Y))
        )
        shape = (case["batch"], 3, case["size"], case["size"])
        self.x, self.y = ((torch.rand(shape) * 2 - 1).to(**place) for _ in range(2))

    @property
    def networks(self):
        return self.G, self.F, self.D_X, self.D_Y

    def autocast(self):
        if self.precision == "bfloat16":
            return torch.autocast(self.device.type, torch.bfloat16)
        return contextlib.nullcontext()

    def step(self):
        """Updates all four networks once. Returns the losses as tensors: reading one as a number waits for the device."""
        with self.autocast():
            return self.train_step(self.x, self.y)

    def train_step(self, x, y):
        G, F, D_X, D_Y = self.networks
        for parameter in parameters(D_X, D_Y):
            parameter.requires_grad = False
        fake_y, fake_x = G(x), F(y)
        losses = {
            "G/adversarial": adversarial_loss(D_Y(fake_y), real=True),
            "F/adversarial": adversarial_loss(D_X(fake_x), real=True),
            "cycle/forward": functional.l1_loss(F(fake_y), x),
            "cycle/backward": functional.l1_loss(G(fake_x), y),
        }
        if self.identity > 0:
            losses["identity/G"] = functional.l1_loss(G(y), y)
            losses["identity/F"] = functional.l1_loss(F(x), x)
        weights = {"cycle": LAMBDA, "identity": LAMBDA * self.identity}
        total = sum(weights.get(name.split("/")[0], 1.0) * loss for name, loss in losses.items())
        self.generators_adam.zero_grad()
        total.backward()
        self.generators_adam.step()

        for parameter in parameters(D_X, D_Y):
            parameter.requires_grad = True
        self.discriminators_adam.zero_grad()
        for name, network, real, fake in (("D_X", D_X, x, fake_x), ("D_Y", D_Y, y, fake_y)):
            judged = adversarial_loss(network(real), real=True) + adversarial_loss(network(fake.detach()), real=False)
            losses[name] = 0.5 * judged
            losses[name].backward()
        self.discriminators_adam.step()
        return {name: loss.detach() for name, loss in losses.items()}

    def facts(self):
        return {"torch": torch.__version__, "device": "gpu" if self.device.type == "cuda" else "cpu"}

    def weights(self):
        """How many numbers the kernels of all convolutions have."""
        return sum(parameter.numel() for parameter in parameters(*self.networks) if parameter.dim() == 4)


def parameters(*networks):
    return itertools.chain(*(network.parameters() for network in networks))


def adversarial_loss(logits, real):
    """Adversarial loss of the logits against all real, or all translated."""
    logits = logits.float()
    return functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, 1.0 if real else 0.0))
