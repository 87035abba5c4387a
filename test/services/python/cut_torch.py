"""The losses and gradients of a CUT step in PyTorch, the reference for the runner's. For its arguments see reference.py.

Written from Park et al. 2020 (arXiv:2007.15651; equations are the paper's). All gradients are of the same weights. The case has the places of
the patches that the runner draws, [call][layer][patch], and whether the batch is flipped.
"""

import torch
from torch import nn
from torch.nn import functional as F

import pattern
import reference
from patchgan_torch import fill as fill_patchgan, patchgan
from resnet_torch import Residual, fill, resnet


def named_weights(model, names):
    """The runner's names of a model's weights: of the convolutions in order, and of the norms that follow some of them."""
    named, names = {}, iter(names)
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            name = next(names)
            named[f"{name}/kernel"] = module.weight
            if module.bias is not None:
                named[f"{name}/bias"] = module.bias
        elif isinstance(module, nn.InstanceNorm2d):
            named |= {f"{name}/norm/scale": module.weight, f"{name}/norm/offset": module.bias}
    return named


def encode(model, x, layers):
    """The outputs of the layers: the padded image, the convolutions that halve before their norms, residual blocks."""
    maps, convolutions, blocks = {"image": model[0](x)}, 0, 0
    for module in model:
        x = module(x)
        if isinstance(module, nn.Conv2d):
            maps[f"down{convolutions}"] = x
            convolutions += 1
        elif isinstance(module, Residual):
            blocks += 1
            maps[f"residual{blocks}"] = x
    return [maps[layer] for layer in layers]


def heads(case, channels, amplitude):
    named = {}
    for layer, c in zip(case["layers"], channels):
        for part, size in (("1", c), ("2", case["projection"])):
            kernel = pattern.weight("F", f"{layer}/{part}/kernel", (size, case["projection"]), amplitude)
            bias = pattern.weight("F", f"{layer}/{part}/bias", (case["projection"],), amplitude)
            named[f"{layer}/{part}/kernel"] = torch.from_numpy(kernel).requires_grad_()
            named[f"{layer}/{part}/bias"] = torch.from_numpy(bias).requires_grad_()
    return named


def project(named, layer, patches):
    hidden = F.relu(patches @ named[f"{layer}/1/kernel"] + named[f"{layer}/1/bias"])
    out = hidden @ named[f"{layer}/2/kernel"] + named[f"{layer}/2/bias"]
    return out / (out.norm(dim=-1, keepdim=True) + 1e-7)


def run(case):
    amplitude, layers, generator = case["amplitude"], case["layers"], {**case["generator"], "amplitude": case["amplitude"]}
    G = resnet(generator)
    fill(G, generator)
    residuals = [f"residual{i + 1}/conv{j}" for i in range(generator["blocks"]) for j in (1, 2)]
    of_g = named_weights(G, ["first", "down1", "down2", *residuals, "up1", "up2", "last"])
    shown = case["discriminator"]
    D = patchgan(shown["width"], shown["layers"], shown["slope"], shown.get("downsampling", "strided"))
    fill_patchgan(D, shown["layers"], amplitude)
    of_d = named_weights(D, [*[f"down{i + 1}" for i in range(shown["layers"])], "wide", "logits"])
    shape = (case["batch"], case["imageSize"], case["imageSize"], 3)
    images = {"A": pattern.images("x", shape), "B": pattern.images("y", shape)}
    source, _, target = case["direction"].partition("to")
    x, y = (torch.from_numpy(images[domain]).permute(0, 3, 1, 2) for domain in (source, target))
    of_f = heads(case, [m.shape[1] for m in encode(G, x, layers)], amplitude)
    flipped = lambda image: torch.flip(image, [3]) if case["flip"] else image

    def nce(real, fake, places):
        keys, queries = encode(G, real, layers), [flipped(m) for m in encode(G, fake, layers)]
        losses = []
        for layer, q, k, ids in zip(layers, queries, keys, places, strict=True):
            at = lambda m: project(of_f, layer, m.flatten(2).transpose(1, 2)[:, ids])
            similarities = at(q) @ at(k).detach().transpose(1, 2) / case["temperature"]
            right = torch.arange(len(ids)).expand(len(real), -1)
            losses.append(F.cross_entropy(similarities.flatten(0, 1), right.flatten()))
        return sum(losses) / len(losses)

    fake = G(flipped(x))
    real_target, fake_target = torch.ones(()), torch.zeros(())
    gan = F.mse_loss(D(fake), real_target.expand_as(D(fake)))
    parts = {"G/adversarial": gan, "nce/translation": nce(x, fake, case["places"][0])}
    contrastive = parts["nce/translation"]
    if case["identity"]:
        parts["nce/identity"] = nce(y, G(flipped(y)), case["places"][1])
        contrastive = (contrastive + parts["nce/identity"]) / 2
    totals = {"F": case["lambda"] * contrastive}
    totals["G"] = gan + totals["F"]
    scores_real, scores_fake = D(y), D(fake.detach())
    totals["D"] = (F.mse_loss(scores_real, real_target.expand_as(scores_real)) + F.mse_loss(scores_fake, fake_target.expand_as(scores_fake))) / 2

    gradients = {}
    for name, named in (("G", of_g), ("F", of_f), ("D", of_d)):
        for key, value in zip(named, torch.autograd.grad(totals[name], list(named.values()), retain_graph=True)):
            # PyTorch: [out, in, height, width]; TensorFlow: the reverse order.
            gradients[f"{name}/{key}"] = (value.permute(2, 3, 1, 0) if value.ndim == 4 else value).contiguous().numpy()
    losses = {name: float(value) for name, value in (parts | {f"{k}/total": v for k, v in totals.items()}).items()}
    return [losses], gradients, {}


if __name__ == "__main__":
    reference.main(run)
