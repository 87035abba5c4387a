"""CycleGAN in eager PyTorch, as commonly written."""
import os
import tempfile

import torch

import protocol
from pytorch_launches import launches
from pytorch_training import Training, find_device

TASK = protocol.task()
device = find_device()
training = Training(TASK, device)
G = training.G


def step():
    losses = {name: loss.item() for name, loss in training.step().items()}
    if device.type == "cuda":
        torch.cuda.synchronize()
    return losses


def translate():
    G.eval()
    with torch.inference_mode(), training.autocast():
        return G(training.x).float().cpu().numpy()


def files():
    """Image after image, as the paper's test.py: Pillow, the generator, Pillow."""
    import numpy
    from PIL import Image

    G.eval()
    with tempfile.TemporaryDirectory() as out, torch.inference_mode(), training.autocast():
        for name in sorted(os.listdir(TASK["images"])):
            image = numpy.asarray(Image.open(os.path.join(TASK["images"], name)).convert("RGB"))
            pixels = torch.from_numpy(image.transpose(2, 0, 1).astype(numpy.float32) / 127.5 - 1)
            translated = G(pixels[None].to(device))[0].float().cpu().numpy().transpose(1, 2, 0)
            translated = numpy.clip(numpy.round((translated + 1) * 127.5), 0, 255).astype(numpy.uint8)
            Image.fromarray(translated).save(os.path.join(out, name), quality=95, subsampling=0)


protocol.serve(
    training.facts(),
    {"step": step, "translate": translate, "files": files},
    weights=training.weights(),
    launches=lambda: launches(step, device),
)
