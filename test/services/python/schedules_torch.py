"""Learning rates of PyTorch's schedulers, to compare the runner's with.

    python schedules_torch.py CASES.json

CASES: a list of {scheduler, options, rate, epochs, metrics?, warmup?}; prints for each the learning rate of every epoch. `warmup` chains
LinearLR with it, of so many epochs. `metrics` are what ReduceLROnPlateau is told after each epoch.
"""

import json
import sys
import warnings

import torch
from torch.optim import lr_scheduler

warnings.filterwarnings("ignore")


def rates(scheduler, options, rate, epochs, metrics=None, warmup=0):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    schedulers = [getattr(lr_scheduler, scheduler)(optimizer, **options)] if scheduler else []
    if warmup:
        schedulers.append(lr_scheduler.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1))
    taken = []
    for epoch in range(epochs):
        taken.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        for each in schedulers:
            each.step(metrics[epoch]) if metrics else each.step()
    return taken


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        print(json.dumps([rates(**case) for case in json.load(file)]))
