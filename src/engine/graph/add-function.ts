import type { Tensor } from '@tensorflow/tfjs-core';
import type { Convolutions } from '../../support/processor.js';
import { cannotTrace } from './cannot-trace.js';
import type { ProgramFunction } from './compile.js';
import type { Graph } from './recorded-graph.js';
import { isTensorSpec, type Inputs } from './input-specs.js';
import type { Precision } from './precision.js';
import { record } from './recorder.js';
import { Form, isTensor, leavesOf, replaceLeaves } from './tensor-trees.js';
import { addUpdates } from './updates.js';
import { readVariables, type Variables } from './variables.js';

/** A function in the graph, for one set of input shapes. */
export interface Traced {
  /** Of the function. */
  readonly name: string;
  /** Placeholders by the paths of the inputs. */
  readonly inputs: ReadonlyMap<string, string>;
  /** References by the paths of the outputs, and their tree. */
  readonly outputs: ReadonlyMap<string, string>;
  readonly form: Form;
  /** A node that a run fetches for the effects, besides the outputs. */
  readonly effects: string;
}

/** Runs a function once on symbols and adds its ops to the graph. */
export function addFunction<V>(
  graph: Graph,
  { name, call, inputs, precision, convolutions }: Definition<V>,
  variables: Variables,
): Traced {
  return record(graph, { precision, fused: true, convolutions }, (recording) => {
    const placeholders = new Map(
      [...inputs.specs].map(([path, { dtype, shape }]) => [path, graph.placeholder(`${name}/${path}`, dtype, shape)]),
    );
    const symbol = (path: string): Tensor => {
      const { dtype, shape } = inputs.specs.get(path)!;
      return recording.symbol(placeholders.get(path)!, dtype, shape);
    };
    const found = readVariables(recording, variables);
    const result: unknown = call(found.tree as V, replaceLeaves(inputs.tree, isTensorSpec, symbol) as never);
    const { outputs = {}, variables: changes = {} } = checkResult(name, result);

    const tensors = leavesOf(outputs, isTensor);
    const endpoints = recording.endpoints([...tensors.values()]);
    const returned = { results: changes, outputs: endpoints.map(({ ref }) => ref) };
    const updates = addUpdates(recording, variables.list, found, returned, name);
    const refs = [...tensors.keys()].map((path, i): [string, string] => {
      const { ref, dtype } = endpoints[i]!;
      return [path, graph.identity(ref, dtype, `${name}/output/${path}`)];
    });
    const form = new Form(outputs);
    recording.release([...tensors.values(), ...leavesOf(changes, isTensor).values()]);
    return { name, inputs: placeholders, outputs: new Map(refs), form, effects: graph.done(updates, `${name}/done`) };
  });
}

interface Definition<V> {
  readonly name: string;
  readonly call: ProgramFunction<V>;
  readonly inputs: Inputs;
  readonly precision: Precision;
  readonly convolutions?: Convolutions | undefined;
}

/** @throws Error when a function does not return { outputs, variables } */
function checkResult(name: string, result: unknown): { readonly outputs?: object; readonly variables?: object } {
  if (result instanceof Promise) {
    result.catch(() => {}); // The rest of the function fails after the trace.
    throw cannotTrace(`The function ${name} is asynchronous: the trace has ended before it has.`, 'Do without await.');
  }
  const known = new Set(['outputs', 'variables']);
  if (typeof result !== 'object' || result === null || Object.keys(result).some((key) => !known.has(key))) {
    throw new Error(`The function ${name} must return { outputs, variables }, of which either can be left out.`);
  }
  return result;
}
