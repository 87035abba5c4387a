"""Pillow's preparation of a data set: decodes, converts to RGB, resizes with BICUBIC and writes raw, with a process per core."""
import multiprocessing
import os
import resource
import shutil
import tempfile

import PIL
from PIL import Image

import protocol

TASK = protocol.task()
SPLITS = ("trainA", "trainB", "testA", "testB")


def size_of(split):
    return TASK["loadSize"] if split.startswith("train") else TASK["imageSize"]


def prepare(job):
    """Each worker writes its own images, so that no pixels are sent between processes."""
    source, target, index, size = job
    with Image.open(source) as image:
        pixels = image.convert("RGB").resize((size, size), Image.BICUBIC).tobytes()
    file = os.open(target, os.O_WRONLY)
    try:
        os.pwrite(file, pixels, index * len(pixels))
    finally:
        os.close(file)


def jobs(out):
    for split in SPLITS:
        folder = os.path.join(TASK["images"], split)
        target = os.path.join(out, split)
        open(target, "wb").close()
        for index, name in enumerate(sorted(os.listdir(folder))):
            yield os.path.join(folder, name), target, index, size_of(split)


def peak_bytes():
    """Of all processes. The workers have ended, so each counts as much as the largest; memory that they share counts in each."""
    return parent_bytes() + protocol.cores() * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


parent_bytes = protocol.peak_bytes


def cold():
    out = tempfile.mkdtemp()
    try:
        with multiprocessing.Pool(protocol.cores()) as workers:
            for _ in workers.imap_unordered(prepare, jobs(out), chunksize=16):
                pass
    finally:
        shutil.rmtree(out)


if __name__ == "__main__":
    protocol.peak_bytes = peak_bytes
    protocol.serve({"pillow": PIL.__version__, "device": "cpu"}, {"cold": cold})
