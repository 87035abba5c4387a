import type { Graph } from './recorded-graph.js';
import type { Variable } from './graph-def.js';
import { record } from './recorder.js';
import type { Recording } from './recording.js';
import { Form, isTensor, leavesOf } from './tensor-trees.js';

/** The variables of a program. */
export interface Variables {
  readonly list: readonly Variable[];
  readonly form: Form;
  /** The node that runs after all variables have their initial values. */
  readonly initialized: string;
  /** A placeholder for [0, 0], to be fed when the variables are initialized: see `RecordingOptions.zeroKey`. */
  readonly zeroKey: string;
}

/** Adds the variables, named by their paths in the tree of initial values that `make` returns. */
export function addVariables(graph: Graph, make: () => object): Variables {
  const zeroKey = graph.placeholder('initialize/nought', 'int32', [2]);
  return record(graph, { precision: 'float32', fused: true, zeroKey }, (recording) => {
    const tree = make();
    const values = leavesOf(tree, isTensor);
    const starts = recording.endpoints([...values.values()]);
    const list = [...values.keys()].map((name, i) => graph.variable(name, starts[i]!.dtype, starts[i]!.shape));
    const assigned = list.map((variable, i) => graph.assign(variable, starts[i]!.ref));
    const form = new Form(tree);
    recording.release(values.values());
    return { list, form, initialized: graph.done(assigned, 'initialize/done'), zeroKey };
  });
}

/** The values of variables before a function: references by name, and a tree of symbols. */
export interface FoundVariables {
  readonly reads: ReadonlyMap<string, string>;
  readonly tree: object;
}

export function readVariables(recording: Recording, { list, form }: Variables): FoundVariables {
  const reads = new Map(list.map((variable) => [variable.name, recording.graph.read(variable)]));
  const symbols = new Map(
    list.map((variable) => {
      const { name, dtype, shape } = variable;
      return [name, recording.symbol(reads.get(name)!, dtype, shape, variable)];
    }),
  );
  return { reads, tree: form.fill((name) => symbols.get(name)!) };
}
