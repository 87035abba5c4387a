"""Prints what TensorBoard's own reader finds in an event folder."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0, "tensors": 0})
accumulator.Reload()
tags = accumulator.Tags()
texts = [tag for tag in tags["tensors"] if accumulator.SummaryMetadata(tag).plugin_data.plugin_name == "text"]


def text(event):
    return make_ndarray(event.tensor_proto).item().decode()


print(
    json.dumps(
        {
            "scalars": {tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]},
            "images": {tag: [[e.step, e.width, e.height] for e in accumulator.Images(tag)] for tag in tags["images"]},
            "texts": {tag: [[e.step, text(e)] for e in accumulator.Tensors(tag)] for tag in texts},
        }
    )
)
