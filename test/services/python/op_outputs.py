"""op_outputs.py OP...: the names of each op's outputs as TensorFlow declares them; a list of outputs ends in *."""
import json
import sys

from tensorflow.python.framework import op_def_registry
import tensorflow  # registers the ops


def names(op):
    definition = op_def_registry.get(op)
    if definition is None:
        return None
    return [arg.name + ("*" if arg.number_attr or arg.type_list_attr else "") for arg in definition.output_arg]


print(json.dumps({op: names(op) for op in sys.argv[1:]}))
