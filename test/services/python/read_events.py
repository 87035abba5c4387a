"""Prints the contents of an event folder as TensorBoard's own reader finds them."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata as hparams
from tensorboard.util.tensor_util import make_ndarray

accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0, "tensors": 0})
accumulator.Reload()
tags = accumulator.Tags()


def tags_of(plugin):
    return [tag for tag in tags["tensors"] if accumulator.SummaryMetadata(tag).plugin_data.plugin_name == plugin]


def text(event):
    return make_ndarray(event.tensor_proto).item().decode()


def content(tag):
    return accumulator.SummaryMetadata(tag).plugin_data.content


def session():
    found = tags_of("hparams")
    if not found:
        return None
    start = hparams.parse_session_start_info_plugin_data(content(hparams.SESSION_START_INFO_TAG))
    has_end = hparams.SESSION_END_INFO_TAG in found
    end = hparams.parse_session_end_info_plugin_data(content(hparams.SESSION_END_INFO_TAG)) if has_end else None
    return {
        "group": start.group_name,
        "params": {name: getattr(value, value.WhichOneof("kind")) for name, value in start.hparams.items()},
        "status": end.status if end else None,
    }


print(
    json.dumps(
        {
            "scalars": {tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]},
            "images": {tag: [[e.step, e.width, e.height] for e in accumulator.Images(tag)] for tag in tags["images"]},
            "texts": {tag: [[e.step, text(e)] for e in accumulator.Tensors(tag)] for tag in tags_of("text")},
            "histograms": {
                tag: [[e.step, make_ndarray(e.tensor_proto).tolist()] for e in accumulator.Tensors(tag)]
                for tag in tags_of("histograms")
            },
            "session": session(),
        }
    )
)
