"""Pillow and TensorFlow on the images of a folder. Arguments: a folder of images, a folder for the results, sizes as JSON, the number of
images for TensorFlow.

Prints {"pillow": version, "images": {name: {"width", "height", "profile"}}}. Writes for each name: `.rgb`, the correct RGB
(see test/fixtures/images/make_images.py), `.plain`, the result of Pillow's `convert("RGB")` alone, and
`.SIZE.bicubic`, `.SIZE.bilinear`, `.SIZE.nearest`, resized from the first. A size is the side of a square, or [width, height].
"""
import json
import sys
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "fixtures" / "images"))
from make_images import pillow  # noqa: E402


def main():
    folder, out, sizes, most = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]), int(sys.argv[4])
    import tensorflow as tf

    found = {}
    for i, path in enumerate(sorted(path for path in folder.iterdir() if path.suffix not in (".py", ".json", ".tmp") and path.is_file())):
        try:
            rgb = pillow(path.read_bytes())
            image = Image.open(path)
            plain = np.asarray(image.convert("RGB"))
        except Exception as error:
            found[path.name] = {"error": str(error)}
            continue
        height, width, _ = rgb.shape
        found[path.name] = {"width": width, "height": height, "profile": "icc_profile" in image.info}
        (out / f"{path.name}.rgb").write_bytes(rgb.tobytes())
        (out / f"{path.name}.plain").write_bytes(plain.tobytes())
        whole = Image.fromarray(rgb)
        for size in sizes:
            width, height = size if isinstance(size, list) else (size, size)
            label = "x".join(map(str, size)) if isinstance(size, list) else size
            for name in ("bicubic", "bilinear"):
                resized = whole.resize((width, height), getattr(Image.Resampling, name.upper()))
                (out / f"{path.name}.{label}.{name}").write_bytes(resized.tobytes())
            if i < most:
                nearest = tf.image.resize(rgb, (height, width), method="nearest").numpy()
                (out / f"{path.name}.{label}.nearest").write_bytes(nearest.tobytes())
    print(json.dumps({"pillow": PIL.__version__, "images": found}))


main()
