"""Reads a TensorFlow checkpoint with its public API: names, shapes, types and values (as hexadecimal bytes), as JSON.

    python read_checkpoint.py PREFIX
"""

import json
import sys

import tensorflow as tf

checkpoint = tf.train.load_checkpoint(sys.argv[1])
variables = {}
for name, shape in checkpoint.get_variable_to_shape_map().items():
    value = checkpoint.get_tensor(name)
    variables[name] = {"shape": shape, "dtype": value.dtype.name, "bytes": value.tobytes().hex()}
print(json.dumps(variables))
