"""Losses of the benchmark's PyTorch step, on a GPU if there is one: as the eager contestant runs it, and set up as for the CUDA graph, not captured.

    python bench_peers.py TASK STEPS

Prints {"eager": [losses...], "tuned": [losses...], "launches": {...}}: see bench.test.ts.
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "bench" / "peers"))

import torch  # noqa: E402
from pytorch_graph_cyclegan import tuned  # noqa: E402
from pytorch_launches import kernels, launches  # noqa: E402
from pytorch_training import Training, find_device  # noqa: E402

TASK, STEPS = json.loads(sys.argv[1]), int(sys.argv[2])
CPU, device = torch.device("cpu"), find_device()


def losses(training):
    return [{name: loss.item() for name, loss in training.step().items()} for _ in range(STEPS)]


eager, fast = Training(TASK, device), tuned(TASK, device)
x = torch.ones(4)
events = [{"ph": "X", "cat": kind} for kind in ("kernel", "gpu_memcpy", "kernel", "gpu_memset", "cuda_runtime", "gpu_user_annotation")]
print(
    json.dumps(
        {
            "eager": losses(eager),
            "tuned": losses(fast),
            "launches": {
                "step": launches(eager.step, device),
                # A view, two that compute, two views and a number read.
                "small": launches(lambda: x.reshape(2, 2).add(1).exp()[0, 0].item(), CPU),
                "kernels": kernels([*events, {"ph": "M", "name": "process_name"}]),
            },
        }
    )
)
