import { outputOf, shapeOf, stringOf, typeOf, typesOf, type Variable } from './graph-def.js';
import type { Graph } from './recorded-graph.js';
import type { Saver, VariableDef } from './encode-saved-model.js';

/** The saver and the variables, for `encodeSavedModel`. */
export interface SavedVariables {
  readonly saver: Saver;
  readonly variables: readonly VariableDef[];
}

/** Adds a variable whose node has the variable's name, by which converters such as TensorFlow Lite's find it. */
export function addNamedVariable(graph: Graph, name: string, shape: readonly number[]): Variable {
  const dtype = 'float32';
  const attributes = {
    dtype: typeOf(dtype),
    shape: shapeOf(shape),
    shared_name: stringOf(name),
    container: stringOf(''),
  };
  return { name, dtype, shape, handle: graph.add('VarHandleOp', [], attributes, name) };
}

/** Adds the nodes by which TensorFlow's loaders restore the variables of a SavedModel, each from the tensor of its name. */
export function addSaver(graph: Graph, variables: readonly Variable[]): SavedVariables {
  const filename = graph.placeholder('save/filename', 'string', []);
  const strings = (values: readonly string[]) => graph.constant('string', [variables.length], values);
  const inputs = [filename, strings(variables.map(({ name }) => name)), strings(variables.map(() => ''))];
  const dtypes = typesOf(variables.map(({ dtype }) => dtype));

  const reads = variables.map((variable) => graph.read(variable));
  const saved = graph.add('SaveV2', [...inputs, ...reads], { dtypes }, 'save/SaveV2');
  const save = graph.identity(filename, 'string', 'save/saved', [saved]);

  const restored = graph.add('RestoreV2', inputs, { dtypes }, 'save/RestoreV2');
  const assigned = variables.map((variable, i) => graph.assign(variable, outputOf(restored, i)));
  return {
    saver: { filename, save, restore: graph.barrier(assigned, 'save/restore_all') },
    variables: variables.map(({ handle }, i) => ({ handle, initializer: assigned[i]!, snapshot: reads[i]! })),
  };
}
