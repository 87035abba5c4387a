"""Translates an image with SavedModels as Python users do: tf.saved_model.load(DIR).signatures[NAME](image=...).

    python run_saved_model.py CASE.json

CASE: a list of {dir, signature, image, out, sides}: image and out are files of float32, [*sides, 3]. All the models are loaded
before the first is run. Prints the shapes of each signature.
"""

import json
import sys

import numpy as np
import tensorflow as tf

with open(sys.argv[1]) as file:
    cases = json.load(file)

# The functions of a signature do not keep their model alive.
models = {case["dir"]: tf.saved_model.load(case["dir"]) for case in cases}
described = []
for case in cases:
    signature = models[case["dir"]].signatures[case["signature"]]
    image = np.fromfile(case["image"], "<f4").reshape(*case["sides"], 3)
    outputs = signature(image=tf.constant(image))
    outputs["translation"].numpy().astype("<f4").tofile(case["out"])
    described.append(
        {
            "variables": len(models[case["dir"]].variables),
            "signatures": sorted(models[case["dir"]].signatures),
            "inputs": {name: spec.shape.as_list() for name, spec in signature.structured_input_signature[1].items()},
            "outputs": {name: spec.shape.as_list() for name, spec in signature.structured_outputs.items()},
        }
    )
print(json.dumps(described))
