import { contentOf, digest } from './saved-model-content.js';
import {
  nodeOf,
  shapeOf,
  stringOf,
  typeOf,
  type Attribute,
  type DType,
  type GraphNode,
  type Values,
  type Variable,
} from './graph-def.js';

/** Ops with an effect, or with another value each time: never merged with an equal one. */
const STATEFUL = /^(Placeholder|VarHandleOp|AssignVariableOp|ResourceApply\w+|SaveV2|RestoreV2|NoOp)$/;

/** From this many equal numbers on, a constant is written as a Fill. */
const FILL_FROM = 64;

/**
 * A growing graph. Adding an op that exists already (same op, inputs and attributes) returns the existing one: repeated passes of a
 * traced function, such as a discriminator's over the same fakes for two losses, are computed once.
 */
export class Graph {
  /** Known shapes by reference. */
  readonly shapes = new Map<string, readonly number[]>();
  /** Where the ops that are added now are computed: see {@link GraphNode.device}. */
  device: string | undefined;
  readonly #nodes = new Map<string, GraphNode>();
  readonly #byContent = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #taken = new Set<string>();
  readonly #uses = new Map<string, number>();

  /** In the order of insertion: inputs before their uses, except for reserved nodes. */
  get nodes(): Iterable<GraphNode> {
    return this.#nodes.values();
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** The node that a reference is an output of. */
  node(ref: string): GraphNode | undefined {
    return this.#nodes.get(nodeOf(ref));
  }

  /** How many inputs of other nodes are outputs of this one. */
  uses(ref: string): number {
    return this.#uses.get(nodeOf(ref)) ?? 0;
  }

  /** Adds an op. @param name the preferred name; by default the op and a number @returns the node's name */
  add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>, name?: string): string {
    const insert = () => this.#insert({ name: this.#uniqueName(name ?? op), op, inputs, attributes });
    return STATEFUL.test(op) ? insert() : this.#once(contentOf([op, inputs, attributes, name, this.device]), insert);
  }

  /** Reserves a name for a later node: see `addAs`. */
  reserve(preferred: string): string {
    return this.#uniqueName(preferred);
  }

  /** Adds an op under a reserved name. */
  addAs(name: string, op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>): void {
    this.#insert({ name, op, inputs, attributes });
  }

  constant(dtype: DType, shape: readonly number[], values: Values): string {
    if (
      dtype === 'float32' &&
      values.length >= FILL_FROM &&
      (values as Float32Array).every((v) => Object.is(v, values[0]))
    ) {
      const dims = this.constant('int32', [shape.length], Int32Array.from(shape));
      const value = this.constant(dtype, [], Float32Array.of(values[0] as number));
      return this.add('Fill', [dims, value], { T: typeOf(dtype), index_type: typeOf('int32') });
    }
    return this.#once(contentOf(['Const', dtype, shape, digest(values), this.device]), () => {
      // A copy, as the caller may overwrite the tensor's array.
      const value: Attribute = { kind: 'tensor', value: { dtype, shape, values: values.slice() } };
      return this.#insert({
        name: this.#uniqueName('Const'),
        op: 'Const',
        inputs: [],
        attributes: { dtype: typeOf(dtype), value },
      });
    });
  }

  placeholder(name: string, dtype: DType, shape: readonly number[]): string {
    return this.add('Placeholder', [], { dtype: typeOf(dtype), shape: shapeOf(shape) }, name);
  }

  variable(name: string, dtype: DType, shape: readonly number[]): Variable {
    const attributes = { dtype: typeOf(dtype), shape: shapeOf(shape), shared_name: stringOf(name) };
    const handle = this.add('VarHandleOp', [], { ...attributes, container: stringOf('') }, `variable/${name}`);
    return { name, dtype, shape, handle };
  }

  /** The value of a variable, after the nodes `after`. */
  read({ handle, dtype }: Variable, after: readonly string[] = []): string {
    return this.add('ReadVariableOp', [handle, ...after.map((node) => `^${node}`)], { dtype: typeOf(dtype) });
  }

  /** Assigns a new value to a variable, after the nodes `after`. @returns the assigning node */
  assign({ handle, dtype }: Variable, ref: string, after: readonly string[] = []): string {
    return this.add('AssignVariableOp', [handle, ref, ...after.map((node) => `^${node}`)], { dtype: typeOf(dtype) });
  }

  /** A node without effect that runs after all nodes in `waits`. */
  barrier(waits: Iterable<string>, name: string): string {
    return this.add('NoOp', [...new Set([...waits].map((ref) => `^${nodeOf(ref)}`))], {}, name);
  }

  /** The value at `ref`, after the nodes `after` have run. */
  identity(ref: string, dtype: DType, name: string, after: readonly string[] = []): string {
    return this.add('Identity', [ref, ...after.map((node) => `^${node}`)], { T: typeOf(dtype) }, name);
  }

  /** A float32 zero after `after`, to fetch in a run that is only for its effects. */
  done(after: readonly string[], name: string): string {
    return this.identity(this.constant('float32', [], Float32Array.of(0)), 'float32', name, after);
  }

  /** The nodes that `refs` depend on, in the order of insertion. */
  needed(refs: Iterable<string>): GraphNode[] {
    const wanted = this.dependencies(refs);
    const missing = [...wanted].find((name) => !this.#nodes.has(name));
    if (missing !== undefined) throw new Error(`The graph has no node ${missing}.`);
    return [...this.#nodes.values()].filter(({ name }) => wanted.has(name));
  }

  /** The names of the nodes that `refs` depend on, including reserved ones. */
  dependencies(refs: Iterable<string>): Set<string> {
    const found = new Set<string>();
    const queue = [...refs].map(nodeOf);
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (found.has(name)) continue;
      found.add(name);
      queue.push(...(this.#nodes.get(name)?.inputs ?? []).map(nodeOf));
    }
    return found;
  }

  #once(content: string, insert: () => string): string {
    const name = this.#byContent.get(content) ?? insert();
    this.#byContent.set(content, name);
    return name;
  }

  #insert(node: GraphNode): string {
    this.#nodes.set(node.name, this.device === undefined ? node : { ...node, device: this.device });
    for (const input of node.inputs.map(nodeOf)) this.#uses.set(input, (this.#uses.get(input) ?? 0) + 1);
    return node.name;
  }

  /** A unique name; TensorFlow allows letters, digits and `_./-`. */
  #uniqueName(preferred: string): string {
    const base = preferred.replace(/[^A-Za-z0-9_./-]/g, '_').replace(/^[^A-Za-z0-9.]/, '.');
    const count = this.#counts.get(base) ?? 0;
    this.#counts.set(base, count + 1);
    const name = count === 0 ? base : `${base}_${count}`;
    if (this.#taken.has(name)) return this.#uniqueName(preferred);
    this.#taken.add(name);
    return name;
  }
}
