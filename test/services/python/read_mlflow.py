"""Prints a run as MLflow's own client reads it: read_mlflow.py TRACKING_URI RUN_ID"""

import hashlib
import json
import math
import os
import sys

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts


def main(uri, run_id):
    client = MlflowClient(uri)
    run = client.get_run(run_id)
    print(
        json.dumps(
            {
                "name": run.info.run_name,
                "status": run.info.status,
                "start": run.info.start_time,
                "end": run.info.end_time,
                "params": run.data.params,
                "tags": run.data.tags,
                "histories": {key: history(client, run_id, key) for key in run.data.metrics},
                "artifacts": artifacts(uri, run_id),
                "datasets": [dataset(one) for one in run.inputs.dataset_inputs],
                "models": [model(client, one) for one in run.outputs.model_outputs] if run.outputs else [],
            }
        )
    )


def history(client, run_id, key):
    return [
        [metric.step, metric.timestamp, number(metric.value)]
        for metric in client.get_metric_history(run_id, key)
    ]


def dataset(one):
    context = {tag.key: tag.value for tag in one.tags}["mlflow.data.context"]
    return {"name": one.dataset.name, "digest": one.dataset.digest, "profile": one.dataset.profile, "context": context}


def model(client, output):
    found = client.get_logged_model(output.model_id)
    return {
        "name": found.name,
        "step": output.step,
        "status": str(found.status),
        "type": found.model_type,
        "params": found.params,
        "metrics": [[one.key, one.step, one.value, one.dataset_name] for one in found.metrics],
    }


def number(value):
    return value if math.isfinite(value) else str(value)


def artifacts(uri, run_id):
    """SHA-256 of each file, by path."""
    root = download_artifacts(run_id=run_id, tracking_uri=uri)
    return {
        os.path.relpath(os.path.join(folder, file), root): digest(os.path.join(folder, file))
        for folder, _, files in os.walk(root)
        for file in files
    }


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


main(*sys.argv[1:])
