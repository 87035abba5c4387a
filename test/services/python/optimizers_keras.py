"""Updates of Keras's optimizers, to compare the runner's with.

    python optimizers_keras.py CASES.json

CASES: a list of {optimizer, options, weights: {NAME: numbers}, gradients: [{NAME: numbers}, ...]}; prints for each the weights after the last
update. `options.global_clipnorm` and `clipvalue` clip as Keras does.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402


def updated(optimizer, options, weights, gradients):
    variables = [tf.Variable(np.array(values, np.float32), name=name) for name, values in weights.items()]
    rule = getattr(tf.keras.optimizers, optimizer)(**options)
    for each in gradients:
        rule.apply_gradients((tf.constant(each[name], tf.float32), v) for name, v in zip(weights, variables))
    return {name: variable.numpy().tolist() for name, variable in zip(weights, variables)}


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        print(json.dumps([updated(**case) for case in json.load(file)]))
