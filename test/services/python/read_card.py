"""Reads a model card with Hugging Face's library, and prints what it found.

    python read_card.py README.md
"""

import json
import sys

from huggingface_hub import ModelCard

card = ModelCard.load(sys.argv[1], ignore_metadata_errors=False)
results = [
    {"type": each.metric_type, "value": each.metric_value, "dataset": each.dataset_name, "task": each.task_type}
    for each in card.data.eval_results
]
print(
    json.dumps(
        {
            "license": card.data.license,
            "library": card.data.library_name,
            "pipeline": card.data.pipeline_tag,
            "tags": card.data.tags,
            "datasets": card.data.datasets,
            "model": card.data.model_name,
            "results": results,
            "text": card.text,
        }
    )
)
