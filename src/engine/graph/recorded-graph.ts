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

/** Ops with an effect or a value of their own each time: never merged with an equal one. */
const STATEFUL = /^(Placeholder|VarHandleOp|AssignVariableOp|ResourceApply\w+|SaveV2|RestoreV2|NoOp)$/;

/** From this many equal numbers on, a constant is written as a Fill. */
const FILL_FROM = 64;

/**
 * A graph that grows. Adding an op that is there already (same op, inputs and attributes) gives the one that is there: passes that a
 * traced function makes twice, such as a discriminator's over the same fakes for two losses, are computed once.
 */
export class Graph {
  /** Shapes by reference, as far as they are known. */
  readonly shapes = new Map<string, readonly number[]>();
  readonly #nodes = new Map<string, GraphNode>();
  readonly #byContent = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #taken = new Set<string>();
  readonly #uses = new Map<string, number>();

  /** In the order in which they were added: inputs before their uses, except what waits for a reserved node. */
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

  /** How many inputs of nodes are outputs of this one. */
  uses(ref: string): number {
    return this.#uses.get(nodeOf(ref)) ?? 0;
  }

  /** Adds an op. @param name its wish for a name; by default the op and a number @returns the node's name */
  add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>, name?: string): string {
    const insert = () => this.#insert({ name: this.#free(name ?? op), op, inputs, attributes });
    return STATEFUL.test(op) ? insert() : this.#once(contentOf([op, inputs, attributes, name]), insert);
  }

  /** A name for a node that is still to come: see `addAs`. */
  reserve(wish: string): string {
    return this.#free(wish);
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
    return this.#once(contentOf(['Const', dtype, shape, digest(values)]), () => {
      // A copy: the caller may write new numbers into the array that it made the tensor of.
      const value: Attribute = { kind: 'tensor', value: { dtype, shape, values: values.slice() } };
      return this.#insert({
        name: this.#free('Const'),
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

  /** Gives a variable a new value, after the nodes `after`. @returns the node that does it */
  assign({ handle, dtype }: Variable, ref: string, after: readonly string[] = []): string {
    return this.add('AssignVariableOp', [handle, ref, ...after.map((node) => `^${node}`)], { dtype: typeOf(dtype) });
  }

  /** What does nothing, after everything that it waits for. */
  barrier(waits: Iterable<string>, name: string): string {
    return this.add('NoOp', [...new Set([...waits].map((ref) => `^${nodeOf(ref)}`))], {}, name);
  }

  /** The value at `ref`, not before the nodes `after` have been done. */
  identity(ref: string, dtype: DType, name: string, after: readonly string[] = []): string {
    return this.add('Identity', [ref, ...after.map((node) => `^${node}`)], { T: typeOf(dtype) }, name);
  }

  /** A float32 zero after `after`, for a run that is made for its effects. */
  done(after: readonly string[], name: string): string {
    return this.identity(this.constant('float32', [], Float32Array.of(0)), 'float32', name, after);
  }

  /** The nodes that `refs` need, in the order in which they were added. */
  needed(refs: Iterable<string>): GraphNode[] {
    const wanted = this.behind(refs);
    const missing = [...wanted].find((name) => !this.#nodes.has(name));
    if (missing !== undefined) throw new Error(`The graph has no node ${missing}.`);
    return [...this.#nodes.values()].filter(({ name }) => wanted.has(name));
  }

  /** The names of the nodes that `refs` need, reserved ones among them. */
  behind(refs: Iterable<string>): Set<string> {
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
    this.#nodes.set(node.name, node);
    for (const input of node.inputs.map(nodeOf)) this.#uses.set(input, (this.#uses.get(input) ?? 0) + 1);
    return node.name;
  }

  /** TensorFlow's names: letters, digits and `_./-`. */
  #free(wish: string): string {
    const base = wish.replace(/[^A-Za-z0-9_./-]/g, '_').replace(/^[^A-Za-z0-9.]/, '.');
    const count = this.#counts.get(base) ?? 0;
    this.#counts.set(base, count + 1);
    const name = count === 0 ? base : `${base}_${count}`;
    if (this.#taken.has(name)) return this.#free(wish);
    this.#taken.add(name);
    return name;
  }
}
