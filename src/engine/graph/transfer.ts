import type { Graph } from './recorded-graph.js';
import { outputOf, shapeOf, typeOf, typesOf, type Variable } from './graph-def.js';

/** The nodes that read, assign, save and restore the variables. Maps are by the variables' names. */
export interface Transfer {
  readonly reads: ReadonlyMap<string, string>;
  /** Placeholders of new values, and the node that runs after their assignment. */
  readonly values: ReadonlyMap<string, string>;
  readonly assigned: string;
  /** The placeholder of a checkpoint's prefix, and the nodes that run after it has been written or read. */
  readonly prefix: string;
  readonly saved: string;
  readonly restored: string;
}

/** @param unsaved the part of the variables' tree that checkpoints do not have */
export function addTransfer(graph: Graph, variables: readonly Variable[], unsaved?: string): Transfer {
  const isSaved = ({ name }: Variable) => unsaved === undefined || !name.startsWith(`${unsaved}/`);
  const saved = variables.filter(isSaved);
  const cleared = variables.filter((variable) => !isSaved(variable));
  const reads = new Map(variables.map((variable) => [variable.name, graph.read(variable)]));
  const values = new Map(
    variables.map(({ name, dtype, shape }) => [name, graph.placeholder(`assign/${name}`, dtype, shape)]),
  );
  const assigned = variables.map((variable) => graph.assign(variable, values.get(variable.name)!));
  const prefix = graph.placeholder('checkpoint/prefix', 'string', []);
  return {
    reads,
    values,
    assigned: graph.done(assigned, 'assign/done'),
    prefix,
    saved: graph.done(addSave(graph, saved, prefix), 'checkpoint/saved'),
    restored: graph.done([...addRestore(graph, saved, prefix), ...addClear(graph, cleared)], 'checkpoint/restored'),
  };
}

/** TensorFlow's checkpoint format (tensor bundle, V2); Python reads it with `tf.train.load_checkpoint`. */
function addSave(graph: Graph, variables: readonly Variable[], prefix: string): string[] {
  if (variables.length === 0) return [];
  const inputs = [prefix, ...keysOf(graph, variables), ...variables.map((variable) => graph.read(variable))];
  return [graph.add('SaveV2', inputs, dtypesOf(variables), 'checkpoint/save')];
}

/** All tensors are read and checked before the first variable changes. */
function addRestore(graph: Graph, variables: readonly Variable[], prefix: string): string[] {
  if (variables.length === 0) return [];
  const inputs = [prefix, ...keysOf(graph, variables)];
  const restore = graph.add('RestoreV2', inputs, dtypesOf(variables), 'checkpoint/restore');
  const checked = variables.map(({ dtype, shape }, i) => {
    const attributes = { T: typeOf(dtype), shape: shapeOf(shape) };
    return graph.add('EnsureShape', [outputOf(restore, i)], attributes);
  });
  const whole = graph.barrier(checked, 'checkpoint/whole');
  return variables.map((variable, i) => graph.assign(variable, checked[i]!, [whole]));
}

/** Sets variables to zero. */
function addClear(graph: Graph, variables: readonly Variable[]): string[] {
  return variables.map((variable) => {
    const { dtype, shape } = variable;
    const size = graph.constant('int32', [shape.length], Int32Array.from(shape));
    const zero = graph.constant('float32', [], Float32Array.of(0));
    const zeros = graph.add('Fill', [size, zero], { T: typeOf(dtype), index_type: typeOf('int32') });
    return graph.assign(variable, zeros);
  });
}

/** The names of the variables in the file, and their slices: empty for the whole tensor. */
function keysOf(graph: Graph, variables: readonly Variable[]): [names: string, slices: string] {
  const list = (texts: readonly string[]) => graph.constant('string', [texts.length], texts);
  return [list(variables.map(({ name }) => name)), list(variables.map(() => ''))];
}

const dtypesOf = (variables: readonly Variable[]) => ({ dtypes: typesOf(variables.map(({ dtype }) => dtype)) });
