"""Writes images to TFRecord files and to a shard of WebDataset, as their own libraries do. Prints each image's SHA-256.

Usage: write_shards.py FOLDER
"""
import hashlib
import json
import os
import sys

import numpy as np
import tensorflow as tf

sys.path.append(os.environ["RUNNER_SERVICES_SHARDS"])
import webdataset  # noqa: E402

folder = sys.argv[1]
rng = np.random.default_rng(7)


def image(i):
    pixels = rng.integers(0, 256, (8 + i, 12, 3), dtype=np.uint8)
    return (tf.io.encode_png if i % 2 == 0 else tf.io.encode_jpeg)(pixels).numpy()


def feature(value):
    if isinstance(value, bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
    if isinstance(value, float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=[value]))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def write_records(name, images, options=None):
    with tf.io.TFRecordWriter(f"{folder}/{name}", options=options) as writer:
        for i, encoded in enumerate(images):
            features = {"image": encoded, "label": i - 1, "image/filename": f"{i}.png".encode(), "score": 0.5}
            example = tf.train.Example(features=tf.train.Features(feature={k: feature(v) for k, v in features.items()}))
            writer.write(example.SerializeToString())


def write_shards(pattern, images):
    with webdataset.ShardWriter(f"{folder}/{pattern}", maxcount=3, verbose=0) as writer:
        for i, encoded in enumerate(images):
            writer.write({"__key__": f"{i:06d}", "png" if i % 2 == 0 else "jpg": encoded, "cls": i, "json": {"i": i}})


images = {split: [image(i) for i in range(count)] for split, count in [("trainA", 7), ("trainB", 5), ("testA", 2), ("testB", 1)]}
for split, encoded in images.items():
    half = (len(encoded) + 1) // 2
    write_records(f"set-{split}.tfrecord-00000-of-00002", encoded[:half])
    write_records(f"set-{split}.tfrecord-00001-of-00002", encoded[half:])
    write_shards(f"{split}-%06d.tar", encoded)
write_records("compressed.tfrecord", images["trainA"], "GZIP")

print(json.dumps({split: [hashlib.sha256(e).hexdigest() for e in encoded] for split, encoded in images.items()}))
