"""PSNR and SSIM of two images by TensorFlow's own functions; the formula of the images is in metrics.test.ts too."""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf


def waves(phase, size=32):
    values = 0.5 + 0.5 * np.sin(0.37 * np.arange(size * size * 3) + phase)
    return tf.constant(values.reshape(1, size, size, 3), tf.float32)


a, b = waves(0.0), waves(0.4)
print(
    json.dumps(
        {
            "psnr": float(tf.image.psnr(a, b, max_val=1.0)[0]),
            "ssim": float(tf.image.ssim(a, b, max_val=1.0)[0]),
        }
    )
)
