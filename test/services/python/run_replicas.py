"""run_replicas.py DIR SEED RATE SHAPE: runs two steps of the graph in DIR/model on two virtual devices; prints their losses, and the devices that computed."""
import json
import os
import sys

import numpy
import tensorflow

v1 = tensorflow.compat.v1
v1.disable_eager_execution()
folder, seed, rate, shape = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), json.loads(sys.argv[4])
images = {name: numpy.fromfile(os.path.join(folder, f"{name}.f32"), "float32").reshape(shape) for name in "xy"}

config = v1.ConfigProto(device_count={"CPU": 2})
with v1.Session(graph=tensorflow.Graph(), config=config) as session:
    v1.saved_model.load(session, ["serve"], os.path.join(folder, "model"))
    session.run("initialize/done:0", {"initialize/nought:0": numpy.zeros(2, "int32")})
    options = v1.RunOptions(trace_level=v1.RunOptions.FULL_TRACE)
    metadata = v1.RunMetadata()
    losses = []
    for step in range(2):
        feeds = {"step/x:0": images["x"], "step/y:0": images["y"], "step/seed:0": seed, "step/step:0": step}
        feeds |= {"step/learningRate:0": rate, "step/discriminatorRate:0": rate}
        values, _ = session.run(["step/output/losses:0", "step/done:0"], feeds, options=options, run_metadata=metadata)
        losses.append([float(value) for value in values])
    devices = {
        "/" + device.device.rsplit("/", 1)[1]
        for device in metadata.step_stats.dev_stats
        if any("Conv2D" in node.timeline_label or "Conv2D" in node.node_name for node in device.node_stats)
    }
print(json.dumps({"losses": losses, "devices": sorted(devices)}))
