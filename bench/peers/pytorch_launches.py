"""Counts what a step of PyTorch runs."""
import json
import os
import tempfile

import torch
from torch.profiler import ProfilerActivity, profile

# Operators that compute nothing: other views of the same numbers, memory without content, a number read.
FREE = {
    *("aten::alias", "aten::as_strided", "aten::detach", "aten::view", "aten::_unsafe_view", "aten::_reshape_alias"),
    *("aten::empty", "aten::empty_strided", "aten::resize_", "aten::set_", "aten::_local_scalar_dense"),
}


def launches(step, device):
    """Of one step on a GPU, the kernels; on a processor, the ATen operators that compute something and call no others."""
    if device.type == "cuda":
        with profile(activities=[ProfilerActivity.CUDA]) as trace:
            step()
            torch.cuda.synchronize()
        return kernels(events_of(trace))
    with profile(activities=[ProfilerActivity.CPU]) as trace:
        step()
    return sum(is_leaf(event) for event in trace.events())


def kernels(events):
    """The kernels among the events of a trace: not copies, fills, calls of CUDA's runtime and the program's own marks."""
    return sum(event.get("cat") == "kernel" for event in events)


def events_of(trace):
    """The exported trace names the kind of each event, whatever the version of PyTorch."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "trace.json")
        trace.export_chrome_trace(file)
        with open(file) as text:
            return json.load(text)["traceEvents"]


def is_leaf(event):
    is_operator = event.name.startswith("aten::") and event.name not in FREE
    return is_operator and not any(child.name.startswith("aten::") for child in event.cpu_children)
