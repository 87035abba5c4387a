"""Translates images with a SavedModel as a Python user does: Pillow's resize, the model, rounding.

    python translate_images.py DIR SIZE CASES.json

CASES: a list of {rgb, width, height, out}: rgb and out are files of uint8, [height, width, 3] and [SIZE, SIZE, 3].
Prints Pillow's version.
"""

import json
import sys

import numpy as np
import PIL
import tensorflow as tf
from PIL import Image

folder, size = sys.argv[1], int(sys.argv[2])
with open(sys.argv[3]) as file:
    cases = json.load(file)

model = tf.saved_model.load(folder)
translate = model.signatures["serving_default"]
for case in cases:
    with open(case["rgb"], "rb") as file:
        image = Image.frombytes("RGB", (case["width"], case["height"]), file.read())
    pixels = np.asarray(image.resize((size, size), Image.Resampling.BICUBIC), np.float32)
    translation = translate(image=tf.constant(pixels[np.newaxis] / 127.5 - 1))["translation"].numpy()
    np.clip(np.round((translation[0] + 1) * 127.5), 0, 255).astype(np.uint8).tofile(case["out"])
print(json.dumps(PIL.__version__))
