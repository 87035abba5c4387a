"""A network of somebody's own as a SavedModel, and its features in TensorFlow.

own_models.py PIXELS COUNT SIDE FOLDER    on float32 pixels 0..255, [count, side, side, 3]; writes FOLDER/model, and the features of each scale
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

pixels, count, side, folder = sys.argv[1:]
count, side = int(count), int(side)
random = np.random.default_rng(3)


class Network(tf.Module):
    def __init__(self):
        self.kernel = tf.Variable(random.normal(0, 0.3, (3, 3, 3, 8)), dtype=tf.float32)
        self.head = tf.Variable(random.normal(0, 0.3, (8, 5)), dtype=tf.float32)

    def map(self, x):
        return tf.nn.relu(tf.nn.conv2d(x, self.kernel, 2, "SAME"))

    @tf.function(input_signature=[tf.TensorSpec([None, side, side, 3], tf.float32, "images")])
    def both(self, images):
        found = self.map(images)
        return {"map": found, "logits": tf.reduce_mean(found, [1, 2]) @ self.head}

    @tf.function(input_signature=[tf.TensorSpec([None, side, side, 3], tf.float32, "images")])
    def one(self, images):
        return {"logits": tf.reduce_mean(self.map(images), [1, 2]) @ self.head}


network = Network()
tf.saved_model.save(network, f"{folder}/model", {"serving_default": network.both, "only-one": network.one})

x = np.fromfile(pixels, "<f4").reshape(count, side, side, 3)
mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
scaled = {"-1..1": x / 127.5 - 1, "0..1": x / 255, "0..255": x, "imagenet": (x / 255 - mean) / deviation}
for name, values in scaled.items():
    found = network.both(tf.constant(values, tf.float32))
    tf.reduce_mean(found["map"], [1, 2]).numpy().astype("<f4").tofile(f"{folder}/{name}.map")
    found["logits"].numpy().astype("<f4").tofile(f"{folder}/{name}.logits")
print(json.dumps({"tensorflow": tf.__version__}))
