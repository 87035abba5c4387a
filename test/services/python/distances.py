"""Distances by clean-fid, torch-fidelity and scipy. Argument: a file of JSON, {subsets, x, y: rows of features, a, b: numbers, image}."""

import importlib
import json
import os
import sys
import types
from unittest.mock import MagicMock

packages = os.environ["RUNNER_SERVICES_DISTANCES"]
sys.path.insert(0, packages)

import numpy as np
import torch
from scipy.ndimage import convolve
from scipy.spatial.distance import cdist
from scipy.stats import wasserstein_distance

# Their formulas need nothing of what extracts features, such as torchvision.
for name in ["tqdm", "tqdm.auto", "torchvision", "requests", "cleanfid.features", "cleanfid.utils", "torch_fidelity.utils"]:
    sys.modules[name] = MagicMock()
for name in ["torch_fidelity"]:
    package = types.ModuleType(name)
    package.__path__ = [os.path.join(packages, name)]
    sys.modules[name] = package
clean_fid = importlib.import_module("cleanfid.fid")
fid = importlib.import_module("torch_fidelity.metric_fid")
prc = importlib.import_module("torch_fidelity.metric_prc")

with open(sys.argv[1]) as file:
    given = json.load(file)
x, y = (np.array(given[name], np.float64) for name in "xy")


def statistics(features):
    return fid.fid_features_to_statistics(torch.from_numpy(features))


def blurred(image, weight):
    profile = np.array([1, 4, 6, 4, 1]) / 16
    return convolve(image, weight * np.outer(profile, profile), mode="mirror")


def pyramid(image, levels):
    """As in Karras et al. 2018: filtered by scipy, every second pixel; back by zeros between the pixels."""
    found = []
    for _ in range(levels - 1):
        smaller = blurred(image, 1)[::2, ::2]
        larger = np.zeros_like(image)
        larger[::2, ::2] = smaller
        found.append(image - blurred(larger, 4))
        image = smaller
    return [*found, image]


across = cdist(x, y, "cosine")

np.random.seed(0)
found = prc.calculate_precision_recall_full(torch.from_numpy(x), torch.from_numpy(y), 3)
print(
    json.dumps(
        {
            "kernel": clean_fid.kernel_distance(y, x, num_subsets=given["subsets"], max_subset_size=1000),
            "frechet": fid.fid_statistics_to_metric(statistics(x), statistics(y), False)[fid.KEY_METRIC_FID],
            "precision": float(found[0]),
            "recall": float(found[1]),
            "wasserstein": float(wasserstein_distance(given["a"], given["b"])),
            "nearest": {"distances": across.min(axis=1).tolist(), "rows": across.argmin(axis=1).tolist()},
            "pyramid": [level.tolist() for level in pyramid(np.array(given["image"], np.float64), 3)],
        }
    )
)
