"""What a reference of a training step writes.

    python SCRIPT.py CASE.json OUT

writes OUT/reference.json (losses of each step, and the position of each tensor) and OUT/tensors.bin (float32: the gradients of
the first step, then the weights after the last one).
"""

import json
import os
import sys


def write(run, case, out):
    losses, gradients, weights = run(case)
    places, offset = {}, 0
    with open(os.path.join(out, "tensors.bin"), "wb") as file:
        for kind, tensors in (("gradients", gradients), ("weights", weights)):
            for name, values in tensors.items():
                places[f"{kind}/{name}"] = {"offset": offset, "length": int(values.size)}
                offset += file.write(values.astype("<f4").tobytes())
    with open(os.path.join(out, "reference.json"), "w") as file:
        json.dump({"case": case, "losses": losses, "tensors": places}, file)


def main(run):
    with open(sys.argv[1]) as file:
        write(run, json.load(file), sys.argv[2])
