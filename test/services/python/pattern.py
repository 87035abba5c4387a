"""Numbers that both sides of a comparison compute, bit for bit: test/methods/numerics.ts has the same formulas."""

import numpy as np


def noise(label, shape):
    """Uniform numbers in [-1, 1), from a hash of the label and the element's index."""
    with np.errstate(over="ignore"):
        h = np.arange(int(np.prod(shape)), dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(fnv1a(label))
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x7FEB352D)
        h = (h ^ (h >> np.uint32(15))) * np.uint32(0x846CA68B)
        h ^= h >> np.uint32(16)
    return (h.astype(np.float64) / 2**31 - 1).reshape(shape)


def weight(network, name, shape, amplitude):
    """Kernels around 0, scales around 1, offsets and biases around 0."""
    mean = 1 if name.endswith("/scale") else 0
    return (mean + amplitude * noise(f"{network}/{name}", shape)).astype(np.float32)


def images(domain, shape):
    return noise(f"picture/{domain}", shape).astype(np.float32)


def fnv1a(text):
    h = 0x811C9DC5
    for byte in text.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h
