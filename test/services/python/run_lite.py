"""Converts a SavedModel to TensorFlow Lite, which makes constants of its variables, and translates an image.

    python run_lite.py DIR SIZE IMAGE OUT

IMAGE and OUT: files of float32, [1, size, size, 3].
"""

import json
import sys

import numpy as np
import tensorflow as tf

model, size, image, out = sys.argv[1:]
converter = tf.lite.TFLiteConverter.from_saved_model(model, signature_keys=["serving_default"])
interpreter = tf.lite.Interpreter(model_content=converter.convert())
run = interpreter.get_signature_runner("serving_default")
shape = (1, int(size), int(size), 3)
run(image=np.fromfile(image, "<f4").reshape(shape))["translation"].astype("<f4").tofile(out)
print(json.dumps({"operators": len(interpreter._get_ops_details())}))
