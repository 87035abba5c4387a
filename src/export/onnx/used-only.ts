import { IMAGE, TRANSLATION } from '../trace.js';
import type { Content, Initializer, OnnxGraph, OnnxNode } from './graph.js';

/**
 * A graph without the nodes and initializers that its output does not need, named in their order: `Conv_1`, and weights by their names
 * in the network. Equal computations have equal names.
 */
export function usedOnly({ nodes, initializers }: OnnxGraph): OnnxGraph {
  const used = new Set([TRANSLATION]);
  const needed = nodes.toReversed().filter(({ name, inputs }) => {
    if (used.has(name)) for (const input of inputs) used.add(input);
    return used.has(name);
  });
  const names = new Names();
  const renamedInitializers = initializers.filter(({ name }) => used.has(name)).map((one) => rename(one, names));
  return { nodes: needed.toReversed().map((node) => renameNode(node, names)), initializers: renamedInitializers };
}

function rename(initializer: Initializer, names: Names): Initializer {
  return { ...initializer, name: names.give(initializer.name, baseOf(initializer.content)) };
}

function renameNode(node: OnnxNode, names: Names): OnnxNode {
  const inputs = node.inputs.map((input) => names.of(input));
  return { ...node, inputs, name: node.name === TRANSLATION ? TRANSLATION : names.give(node.name, node.op) };
}

const baseOf = (content: Content): string => (content.kind === 'weight' ? content.weight : content.kind);

class Names {
  readonly #given = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #taken = new Set([IMAGE, TRANSLATION]);

  /** A new name that begins with `base`. */
  give(old: string, base: string): string {
    const count = this.#counts.get(base) ?? 0;
    this.#counts.set(base, count + 1);
    const name = count === 0 ? base : `${base}_${count}`;
    if (this.#taken.has(name)) return this.give(old, base);
    this.#taken.add(name);
    this.#given.set(old, name);
    return name;
  }

  /** The new name; the graph's input and a left-out input keep theirs. */
  of(old: string): string {
    return this.#given.get(old) ?? old;
  }
}
