"""Translates one image with an exported SavedModel; needs tensorflow and pillow.

    python examples/translate.py runs/quickstart-1234abcd/export/AtoB/saved-model photo.jpg out.png
"""

import io
import json
import sys

import numpy as np
import tensorflow as tf
from PIL import Image, ImageCms, ImageOps


def prepare(photo: str, size: int, interpolation: str) -> np.ndarray:
    """An image as those of the training: upright, over white, in sRGB, resized to a square; float32 in [-1, 1], [1, size, size, 3]."""
    image = ImageOps.exif_transpose(Image.open(photo))
    if image.has_transparency_data:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA")).convert("RGB")
    profile = image.info.get("icc_profile")
    if profile is not None and image.mode in ("RGB", "CMYK"):
        profile = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        image = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    image = image.convert("RGB").resize((size, size), Image.Resampling[interpolation.upper()])
    return np.asarray(image, np.float32)[np.newaxis] / 127.5 - 1


folder, photo, out = sys.argv[1:]
with open(f"{folder}/generator.json") as file:
    description = json.load(file)
# The model takes images of any size; those of the training's suit it best.
image = prepare(photo, description["image_size"], description["interpolation"])
translate = tf.saved_model.load(folder).signatures["serving_default"]
translation = translate(image=tf.constant(image))["translation"].numpy()[0]
Image.fromarray(np.uint8(np.clip(np.round((translation + 1) * 127.5), 0, 255))).save(out)
print(f"{photo} -> {out}")
