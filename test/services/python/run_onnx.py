"""Translates images with ONNX models as Python users do: onnxruntime.InferenceSession(FILE).run(None, {"image": image}).

    python run_onnx.py CASE.json

CASE: a list of {model, image, out, shape}: image and out are files of float32, of that shape. Each model is first checked by onnx itself,
with the shapes that it infers. Prints the input and output, the opset, the metadata and the ops of each model.
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime

with open(sys.argv[1]) as file:
    cases = json.load(file)

options = onnxruntime.SessionOptions()
options.log_severity_level = 2
sessions = {}
models = {}
for path in {case["model"] for case in cases}:
    onnx.checker.check_model(path, full_check=True)
    sessions[path] = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    models[path] = onnx.load(path)

described = []
for case in cases:
    session, model = sessions[case["model"]], models[case["model"]]
    image = np.fromfile(case["image"], "<f4").reshape(case["shape"])
    try:
        (translation,) = session.run(None, {"image": image})
        translation.astype("<f4").tofile(case["out"])
        error = None
    except Exception as refusal:
        error = str(refusal)
    described.append(
        {
            "inputs": {one.name: one.shape for one in session.get_inputs()},
            "outputs": {one.name: one.shape for one in session.get_outputs()},
            "opset": [[one.domain, one.version] for one in model.opset_import],
            "metadata": {one.key: one.value for one in model.metadata_props},
            "ops": [node.op_type for node in model.graph.node],
            "error": error,
        }
    )
print(json.dumps(described))
