import type { Graph } from './recorded-graph.js';
import type { Endpoint, Variable } from './graph-def.js';
import type { InPlaceUpdate, Recording } from './recording.js';
import { isTensor, leavesOf } from './tensor-trees.js';
import type { FoundVariables } from './variables.js';

/**
 * Adds a function's updates of the variables. Every update waits until all variables have been read and everything that does not depend
 * on an update has been computed: gradients, new values and outputs, which stay in memory anyway. So a function reads the variables
 * before its updates, and a failing one changes none. Values that were read stay valid, since TensorFlow copies a value before it
 * updates it in place, unless nothing else uses it.
 *
 * @param name of the function
 * @returns the nodes that update
 */
export function addUpdates(
  recording: Recording,
  variables: readonly Variable[],
  { reads }: FoundVariables,
  { results, outputs }: Returned,
  name: string,
): string[] {
  const { graph, updates } = recording;
  const values = newValues(recording, variables, results, name);
  const all = [...outputs, ...[...values.values()].map(({ ref }) => ref), ...updates.flatMap(({ inputs }) => inputs)];
  const ready = graph.barrier([...reads.values(), ...beforeUpdates(graph, updates, all)], `${name}/ready`);
  const inPlace = addInPlace(graph, updates, ready, name);

  const assigned = variables.flatMap((variable) => {
    const old = reads.get(variable.name)!;
    const value = values.get(variable.name)?.ref ?? old;
    const update = updates.find((update) => update.variables.includes(variable));
    if (update === undefined) return value === old ? [] : [graph.assign(variable, value, [ready])];
    // The function may return another value than the result of the update, which other nodes may still use.
    const result = update.results[update.variables.indexOf(variable)]!;
    return value === result ? [] : [graph.assign(variable, value, [update.node, result])];
  });
  return [...inPlace, ...assigned];
}

/** The return value of a function. */
interface Returned {
  /** The new values, a tree of some of the variables. */
  readonly results: object;
  /** References to the outputs. */
  readonly outputs: readonly string[];
}

/** The references that do not depend on an update in place. */
function beforeUpdates(graph: Graph, updates: readonly InPlaceUpdate[], refs: readonly string[]): readonly string[] {
  if (updates.length === 0) return refs;
  const nodes = updates.map(({ node }) => node);
  return refs.filter((ref) => {
    const behind = graph.dependencies([ref]);
    return !nodes.some((node) => behind.has(node));
  });
}

/** The references of the new values, by the names of their variables. */
function newValues(recording: Recording, variables: readonly Variable[], results: object, name: string) {
  const values = leavesOf(results, isTensor);
  const endpoints = recording.endpoints([...values.values()]);
  return new Map(
    [...values.keys()].map((path, i): [string, Endpoint] => {
      const variable = variables.find((candidate) => candidate.name === path);
      if (variable === undefined)
        throw new Error(`The function ${name} gives a value to ${path}, which is not a variable.`);
      const [expected, found] = [variable, endpoints[i]!].map(({ dtype, shape }) => `${dtype} [${shape.join(', ')}]`);
      if (expected !== found) throw new Error(`The function ${name} gives ${path}, ${expected}, a value of ${found}.`);
      return [path, endpoints[i]!];
    }),
  );
}

/** Updates wait for the inputs of all; but an update that needs the result of another comes after it. */
function addInPlace(graph: Graph, updates: readonly InPlaceUpdate[], ready: string, name: string): string[] {
  let barrier = ready;
  for (const wave of wavesOf(graph, updates)) {
    barrier = graph.barrier([barrier, ...wave.flatMap(({ inputs }) => inputs)], `${name}/gradients`);
    for (const { op, node, variables, inputs, attributes } of wave) {
      graph.addAs(node, op, [...variables.map(({ handle }) => handle), ...inputs, `^${barrier}`], attributes);
    }
  }
  return updates.map(({ node }) => node);
}

function wavesOf(graph: Graph, updates: readonly InPlaceUpdate[]): (readonly InPlaceUpdate[])[] {
  const nodes = new Set(updates.map(({ node }) => node));
  const earlier = (inputs: readonly string[]) => [...graph.dependencies(inputs)].filter((node) => nodes.has(node));
  if (earlier(updates.flatMap(({ inputs }) => inputs)).length === 0) return updates.length === 0 ? [] : [updates];

  const waves: InPlaceUpdate[][] = [];
  const waveOf = new Map<string, number>();
  for (const update of updates) {
    const wave = Math.max(-1, ...earlier(update.inputs).map((node) => waveOf.get(node)!)) + 1;
    waveOf.set(update.node, wave);
    (waves[wave] ??= []).push(update);
  }
  return waves;
}
