"""Sends images to a server as clients of TensorFlow Serving do, and saves what it answers.

serving_client.py ADDRESS CASES: a JSON list of {"file", "numbers", "shape", "out", "numbers_out"}. `file` is sent encoded and its PNG saved to
`out`; `numbers`, float32 of `shape` in [-1, 1], are sent as nested lists and saved to `numbers_out`.
"""

import base64
import json
import sys

import numpy as np
import requests

address, cases = sys.argv[1], json.load(open(sys.argv[2]))
for case in cases:
    with open(case["file"], "rb") as file:
        encoded = base64.b64encode(file.read()).decode("utf-8")
    response = requests.post(address, data=json.dumps({"instances": [{"b64": encoded}]}))
    response.raise_for_status()
    with open(case["out"], "wb") as out:
        out.write(base64.b64decode(response.json()["predictions"][0]["b64"]))

    image = np.fromfile(case["numbers"], np.float32).reshape(case["shape"])
    response = requests.post(address, data=json.dumps({"instances": image.tolist()}))
    response.raise_for_status()
    np.asarray(response.json()["predictions"], np.float32).tofile(case["numbers_out"])
print(json.dumps(requests.__version__))
