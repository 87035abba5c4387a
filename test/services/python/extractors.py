"""Second implementations of what src/evaluation/extractors computes.

extractors.py resize IMAGES COUNT SIDE SIZE OUT      clean-fid's own resizer on uint8 images [count, side, side, 3], written as float32
extractors.py efficientnet WEIGHTS PIXELS COUNT SIDE OUT   EfficientNet-Lite0 in Keras on float32 pixels; features, then logits
extractors.py frozen-graph OUT                       a frozen graph with the tensor names of Inception of 2015-12-05
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np


def resize(images, count, side, size, out):
    sys.path.append(os.environ["RUNNER_SERVICES_CLEAN_FID"])
    from cleanfid.resize import make_resizer

    resizer = make_resizer("PIL", False, "bicubic", (int(size), int(size)))
    pixels = np.fromfile(images, np.uint8).reshape(int(count), int(side), int(side), 3)
    np.stack([resizer(image) for image in pixels]).astype("<f4").tofile(out)
    return {}


def efficientnet(weights, pixels, count, side, out):
    import tensorflow as tf
    import torch

    layers = tf.keras.layers
    state = {name: value.numpy() for name, value in torch.load(weights, map_location="cpu", weights_only=True).items()}
    count, side = int(count), int(side)

    def assign(layer, *values):
        layer.set_weights([np.ascontiguousarray(value) for value in values])

    def norm(x, name):
        layer = layers.BatchNormalization(epsilon=1e-3)
        y = layer(x, training=False)
        assign(layer, *(state[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")))
        return y

    def conv(x, name, stride=1):
        kernel = state[f"{name}.weight"].transpose(2, 3, 1, 0)
        layer = layers.Conv2D(kernel.shape[3], kernel.shape[:2], stride, "same", use_bias=False)
        y = layer(x)
        assign(layer, kernel)
        return y

    def depthwise(x, name, stride):
        kernel = state[f"{name}.weight"].transpose(2, 3, 0, 1)
        layer = layers.DepthwiseConv2D(kernel.shape[:2], stride, "same", use_bias=False)
        y = layer(x)
        assign(layer, kernel)
        return y

    relu6 = layers.ReLU(6.0)
    image = tf.keras.Input((side, side, 3))
    x = relu6(norm(conv((image - 127.0) / 128.0, "_conv_stem", 2), "_bn0"))
    settings = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]
    index = 0
    for repeats, kernel, first, expansion, channels in settings:
        for repeat in range(repeats):
            name, stride, before = f"_blocks.{index}", first if repeat == 0 else 1, x
            assert state[f"{name}._depthwise_conv.weight"].shape[2] == kernel
            if expansion != 1:
                x = relu6(norm(conv(x, f"{name}._expand_conv"), f"{name}._bn0"))
            x = relu6(norm(depthwise(x, f"{name}._depthwise_conv", stride), f"{name}._bn1"))
            x = norm(conv(x, f"{name}._project_conv"), f"{name}._bn2")
            assert x.shape[3] == channels
            if stride == 1 and before.shape[3] == channels:
                x = layers.Add()([before, x])
            index += 1
    x = relu6(norm(conv(x, "_conv_head"), "_bn1"))
    features = layers.GlobalAveragePooling2D()(x)
    dense = layers.Dense(1000)
    logits = dense(features)
    assign(dense, state["_fc.weight"].T, state["_fc.bias"])
    model = tf.keras.Model(image, [features, logits])
    pixels = np.fromfile(pixels, "<f4").reshape(count, side, side, 3)
    found = model.predict(pixels, batch_size=8, verbose=0)
    np.concatenate([part.astype("<f4").ravel() for part in found]).tofile(out)
    return {"tensorflow": tf.__version__, "torch": torch.__version__}


def frozen_graph(out):
    import tensorflow as tf

    v1 = tf.compat.v1
    random = np.random.default_rng(1)
    with tf.Graph().as_default() as graph:
        contents = v1.placeholder(tf.string, [], name="DecodeJpeg/contents")
        decoded = tf.image.decode_jpeg(contents, channels=3, name="DecodeJpeg")
        expanded = tf.expand_dims(tf.cast(decoded, tf.float32, name="Cast"), 0, name="ExpandDims")
        resized = v1.image.resize_bilinear(expanded, [299, 299], name="ResizeBilinear")
        scaled = tf.multiply(tf.subtract(resized, 128.0, name="Sub"), 1 / 128, name="Mul")
        kernel = tf.constant(random.normal(0, 0.2, (3, 3, 3, 2048)), tf.float32)
        x = tf.nn.relu(tf.nn.conv2d(scaled, kernel, 32, "VALID", name="conv"))
        pooled = tf.nn.avg_pool2d(x, [10, 10], 1, "VALID", name="pool_3")
        tf.reshape(pooled, [1, 2048], name="pool_3/_reshape")
        with open(out, "wb") as file:
            file.write(graph.as_graph_def().SerializeToString())
        pixels = random.integers(0, 256, (3, 299, 299, 3)).astype("<f4")
        with v1.Session() as session:
            found = np.concatenate([session.run(pooled, {resized: pixel[None]}) for pixel in pixels])
    pixels.tofile(f"{out}.pixels")
    found.astype("<f4").tofile(f"{out}.features")
    return {"tensorflow": tf.__version__}


command, *rest = sys.argv[1:]
print(json.dumps({"resize": resize, "efficientnet": efficientnet, "frozen-graph": frozen_graph}[command](*rest)))
