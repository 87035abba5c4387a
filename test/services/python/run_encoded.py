"""Translates image files with the signature image_bytes of a SavedModel, all in one batch.

    python run_encoded.py DIR OUT FILE...

Writes the translations to OUT/0.png, OUT/1.png and so on. Prints the names and shapes of the signature's inputs and outputs.
"""

import json
import sys

import tensorflow as tf

folder, out, *files = sys.argv[1:]
model = tf.saved_model.load(folder)
signature = model.signatures["image_bytes"]
contents = [open(file, "rb").read() for file in files]
translations = signature(image_bytes=tf.constant(contents))["image_bytes"].numpy()
for i, translation in enumerate(translations):
    with open(f"{out}/{i}.png", "wb") as file:
        file.write(translation)
print(
    json.dumps(
        {
            "inputs": {name: spec.shape.as_list() for name, spec in signature.structured_input_signature[1].items()},
            "outputs": {name: spec.shape.as_list() for name, spec in signature.structured_outputs.items()},
        }
    )
)
