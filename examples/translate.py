"""Translates one image with an exported SavedModel; needs tensorflow and pillow.

    python examples/translate.py runs/quickstart-1234abcd/export/AtoB/saved-model photo.jpg out.png
"""

import json
import sys

import numpy as np
import tensorflow as tf
from PIL import Image

folder, photo, out = sys.argv[1:]
generator = tf.saved_model.load(folder)
translate = generator.signatures["serving_default"]
# Where a graph takes images of any size, those of the training's suit it best.
_, height, width, _ = translate.structured_input_signature[1]["image"].shape
if height is None:
    height = width = json.load(open(f"{folder}/generator.json"))["image_size"]

pixels = np.asarray(Image.open(photo).convert("RGB").resize((width, height), Image.Resampling.BICUBIC), np.float32)
translation = translate(image=tf.constant(pixels[np.newaxis] / 127.5 - 1))["translation"]
Image.fromarray(np.uint8(np.round((translation.numpy()[0] + 1) * 127.5))).save(out)
print(f"{photo} -> {out}")
