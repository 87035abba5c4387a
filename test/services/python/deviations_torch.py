"""The deviations of PyTorch's initial kernels with a gain of 0.02.

    python deviations_torch.py '{"conv": [64, 32, 3, 3], ...}'

prints {name: {xavier, kaiming}}. The deviation is read from the call of normal_ that the initializer ends with, so it is exact.
"""

import json
import sys
from unittest import mock

import torch
from torch.nn import init


def deviation(initialize):
    with mock.patch.object(init, "_no_grad_normal_") as xavier, mock.patch.object(torch.Tensor, "normal_") as kaiming:
        initialize()
    call = xavier.call_args or kaiming.call_args
    return [number for number in call.args if isinstance(number, float)][-1]


def main(shapes):
    kernels = {name: torch.zeros(shape) for name, shape in shapes.items()}
    return {
        name: {
            "xavier": deviation(lambda: init.xavier_normal_(kernel, gain=0.02)),
            "kaiming": deviation(lambda: init.kaiming_normal_(kernel, a=0, mode="fan_in")),
        }
        for name, kernel in kernels.items()
    }


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
