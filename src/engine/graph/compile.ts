import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { Graph } from './graph.js';
import { shapeOf, typeOf, typesOf } from './graph-def.js';
import type { DType, Variable } from './graph-def.js';
import type { Precision } from './precision.js';
import { record, type Recording } from './recorder.js';
import { Session, type Feeds } from './session.js';
import { isTensor, leavesOf, replaceLeaves, type Tree } from './tree.js';

/**
 * A function of a program: plain TensorFlow.js, a pure function of the variables and of its inputs. It runs once, while it is
 * traced, and must not read a tensor's value. What it returns under `variables` are their new values, each under the variable's own
 * name; those that are left out stay as they are.
 */
export type ProgramFunction<V> = (
  variables: V,
  inputs: never,
) => { readonly outputs?: object; readonly variables?: Partial<V> };

/** The functions of a program, by name. */
export type ProgramFunctions<V> = Readonly<Record<string, ProgramFunction<V>>>;

/** A compiled function: blocks until its outputs are there, which belong to the caller. */
export type Compiled<F> = F extends (variables: never, inputs: infer I) => { readonly outputs?: infer O }
  ? (inputs: I) => NonNullable<O>
  : never;

export interface CompileOptions<V, F> {
  /** Makes the values that the variables start from; their names are their paths in the tree. It is traced too. */
  readonly variables?: () => V;
  /** Inputs that the functions will be called with: functions named here are traced at once, not at their first call. */
  readonly inputs?: { readonly [name in keyof F]?: InputSpecs };
  /** `float32` by default. */
  readonly precision?: Precision;
}

/** Shapes and types of a function's inputs, by their paths. */
export type InputSpecs = Readonly<Record<string, InputSpec>>;
export interface InputSpec {
  readonly shape: readonly number[];
  /** float32 by default. */
  readonly dtype?: 'float32' | 'int32' | 'bool';
}

/** Functions over shared variables, compiled to one TensorFlow graph. */
export interface Program<V, F> {
  readonly functions: { readonly [name in keyof F]: Compiled<F[name]> };
  /** How often a function was traced: once for each set of input shapes. */
  readonly traces: number;
  /** Gives the variables the values that they start from. Otherwise this happens before the first function that is called. */
  initialize(): void;
  /** The variables' values; the caller owns them. */
  read(): V;
  /** Gives every variable the value of the same name. */
  assign(values: V): void;
  /** Writes the variables as a TensorFlow checkpoint: `<prefix>.index` and `<prefix>.data-00000-of-00001`. */
  save(prefix: string): void;
  /** Reads the variables from a TensorFlow checkpoint, which may hold others too. Throws when it is not whole. */
  restore(prefix: string): void;
  dispose(): void;
}

/**
 * Compiles TensorFlow.js functions to a TensorFlow graph, as Python's `tf.function` does: each is run once on symbols, the ops that it
 * uses, gradients included, become a graph, and TensorFlow runs that. The functions share one set of variables, which live in the
 * session.
 *
 * A function is traced anew only when it is called with inputs of other shapes, types or names.
 *
 * @example
 * const program = compile(
 *   {
 *     step: ({ w }, { x, y }) => {
 *       const { value, grads } = tf.valueAndGrads((w) => tf.losses.meanSquaredError(y, tf.matMul(x, w)))([w]);
 *       return { variables: { w: tf.sub(w, tf.mul(grads[0], 0.1)) }, outputs: { loss: value } };
 *     },
 *   },
 *   { variables: () => ({ w: tf.zeros([3, 1]) }) },
 * );
 * const { loss } = program.functions.step({ x, y });
 */
export function compile<V extends Tree<V>, F extends ProgramFunctions<V>>(
  functions: F,
  options: CompileOptions<V, F> = {},
): Program<V, F> {
  return new CompiledProgram(functions, options);
}

/** One function for one set of input shapes. */
interface Traced {
  /** Placeholders by the paths of the inputs. */
  readonly inputs: ReadonlyMap<string, string>;
  /** References by the paths of the outputs, and a tree to put their values into. */
  readonly refs: ReadonlyMap<string, string>;
  readonly form: object;
  /** What a run waits for beside the outputs. */
  readonly effects: string;
}

class CompiledProgram<V extends Tree<V>, F extends ProgramFunctions<V>> implements Program<V, F> {
  readonly functions: Program<V, F>['functions'];
  readonly #graph = new Graph();
  readonly #variables: readonly Variable[];
  /** A tree of the form of the variables' tree. */
  readonly #form: object;
  readonly #initialize: string;
  readonly #transfer: Transfer;
  readonly #traced = new Map<string, Traced>();
  #session: Session | undefined;
  #initialized = false;

  constructor(
    private readonly definitions: F,
    private readonly options: CompileOptions<V, F>,
  ) {
    const { form, variables, effects } = traceVariables(this.#graph, options.variables ?? (() => ({}) as V));
    this.#form = form;
    this.#variables = variables;
    this.#initialize = effects;
    this.#transfer = addTransfer(this.#graph, variables);
    for (const [name, specs] of Object.entries(options.inputs ?? {})) {
      const inputs = new Map(
        Object.entries(specs as InputSpecs).map(([path, { shape, dtype }]) => [
          path,
          { shape, dtype: dtype ?? 'float32' },
        ]),
      );
      this.#trace(name, inputs);
    }
    this.functions = Object.fromEntries(
      Object.keys(definitions).map((name) => [name, (inputs: object) => this.#call(name, inputs)]),
    ) as Program<V, F>['functions'];
  }

  get traces(): number {
    return this.#traced.size;
  }

  initialize(): void {
    this.#effect({}, this.#initialize);
    this.#initialized = true;
  }

  read(): V {
    this.#ready();
    return this.#read();
  }

  assign(values: V): void {
    const given = leavesOf(values, isTensor);
    const feeds: Record<string, Tensor> = {};
    for (const { name, shape } of this.#variables) {
      const value = given.get(name);
      if (value === undefined) throw new Error(`assign: there is no value for the variable ${name}.`);
      if (value.shape.join() !== shape.join()) {
        throw new Error(`assign: ${name} has the shape [${value.shape.join()}] instead of [${shape.join()}].`);
      }
      feeds[this.#transfer.values.get(name)!] = value;
    }
    this.#effect(feeds, this.#transfer.assign);
    this.#initialized = true;
  }

  save(prefix: string): void {
    this.#ready();
    this.#withPrefix(prefix, this.#transfer.saved);
  }

  restore(prefix: string): void {
    this.#withPrefix(prefix, this.#transfer.restored);
    this.#initialized = true;
  }

  dispose(): void {
    this.#session?.dispose();
    this.#session = undefined;
    this.#initialized = false;
  }

  #call(name: string, inputs: object): object {
    const given = leavesOf(inputs, isTensor);
    const traced = this.#traced.get(signature(name, given)) ?? this.#retrace(name, given);
    this.#ready();
    const feeds = Object.fromEntries([...given].map(([path, tensor]) => [traced.inputs.get(path)!, tensor]));
    const refs = [...traced.refs.values()];
    const values = this.#open().run(feeds, [...refs, traced.effects]);
    values.pop()!.dispose();
    const paths = new Map([...traced.refs.keys()].map((path, i) => [path, values[i]!]));
    return replaceLeaves(traced.form, isLeaf, (path) => paths.get(path)!);
  }

  /** The graph of a session cannot grow: a new one takes over the variables. */
  #retrace(name: string, given: ReadonlyMap<string, Tensor>): Traced {
    const traced = this.#trace(name, given);
    if (this.#session === undefined) return traced;
    const kept = this.#initialized ? this.#read() : undefined;
    this.dispose();
    if (kept !== undefined) {
      this.assign(kept);
      tf.dispose([...leavesOf(kept, isTensor).values()]);
    }
    return traced;
  }

  #trace(name: string, specs: ReadonlyMap<string, Pick<Tensor, 'shape' | 'dtype'> | Required<InputSpec>>): Traced {
    const definition = this.definitions[name];
    if (definition === undefined) throw new Error(`compile: there is no function ${name}.`);
    const { precision = 'float32' } = this.options;
    const traced = record(this.#graph, { precision, fused: true }, (recording) => {
      const inputs = new Map<string, string>();
      const symbols = [...specs].map(([path, { shape, dtype }]): [string, Tensor] => {
        const node = this.#graph.placeholder(`${name}/${path}`, dtype as DType, shape);
        inputs.set(path, node);
        return [path, recording.symbol(node, dtype as DType, shape)];
      });
      const variables = readVariables(recording, this.#variables, this.#form);
      const result = definition(variables.tree as V, nest(symbols) as never);
      if (result instanceof Promise)
        throw new Error(`compile: the function ${name} is asynchronous; it cannot be traced.`);

      const updates = addUpdates(recording, this.#variables, variables, result.variables ?? {}, name);
      const leaves = leavesOf(result.outputs ?? {}, isTensor);
      const values = recording.refs([...leaves.values()]);
      const refs = new Map(
        [...leaves].map(([path, { dtype }], i) => [
          path,
          this.#graph.identity(values[i]!, dtype as DType, `${name}/output/${path}`, updates),
        ]),
      );
      const effects = this.#graph.done(updates, `${name}/done`);
      const form = replaceLeaves(result.outputs ?? {}, isTensor, () => LEAF);
      tf.dispose([...leaves.values(), ...leavesOf(result.variables ?? {}, isTensor).values()]);
      return { inputs, refs, form, effects };
    });
    this.#traced.set(signature(name, specs), traced);
    return traced;
  }

  #ready(): void {
    if (!this.#initialized) this.initialize();
  }

  #open(): Session {
    this.#session ??= new Session(this.#graph);
    return this.#session;
  }

  #read(): V {
    const refs = this.#variables.map(({ name }) => this.#transfer.reads.get(name)!);
    const values = refs.length === 0 ? [] : this.#open().run({}, refs);
    const byName = new Map(this.#variables.map(({ name }, i) => [name, values[i]!]));
    return replaceLeaves(this.#form, isLeaf, (path) => byName.get(path)!) as V;
  }

  #effect(feeds: Feeds, ref: string): void {
    tf.dispose(this.#open().run(feeds, [ref]));
  }

  #withPrefix(prefix: string, ref: string): void {
    const text = tf.scalar(prefix, 'string');
    try {
      this.#effect({ [this.#transfer.prefix]: text }, ref);
    } finally {
      text.dispose();
    }
  }
}

/** In place of a tensor in a tree whose form is kept. */
const LEAF = Symbol('tensor');
const isLeaf = (value: unknown): value is typeof LEAF => value === LEAF;

function signature(
  name: string,
  inputs: ReadonlyMap<string, { readonly shape: readonly number[]; readonly dtype: string }>,
): string {
  const parts = [...inputs].map(([path, { shape, dtype }]) => `${path}:${dtype}[${shape.join()}]`);
  return `${name}(${parts.sort().join(', ')})`;
}

function traceVariables(graph: Graph, make: () => object) {
  return record(graph, { precision: 'float32', fused: true }, (recording) => {
    const tree = make();
    const values = leavesOf(tree, isTensor);
    const refs = recording.refs([...values.values()]);
    const variables = [...values].map(([name, { dtype, shape }]) => graph.variable(name, dtype as DType, shape));
    const assigned = variables.map((variable, i) => graph.assign(variable, refs[i]!));
    const effects = graph.done(assigned, 'initialize/done');
    const form = replaceLeaves(tree, isTensor, () => LEAF);
    tf.dispose([...values.values()]);
    return { form, variables, effects };
  });
}

interface ReadVariables {
  readonly tree: object;
  readonly refs: readonly string[];
}

function readVariables(recording: Recording, variables: readonly Variable[], form: object): ReadVariables {
  const refs = variables.map((variable) => recording.graph.read(variable));
  const byName = new Map(
    variables.map((variable, i) => [
      variable.name,
      recording.symbol(refs[i]!, variable.dtype, variable.shape, variable),
    ]),
  );
  return { tree: replaceLeaves(form, isLeaf, (path) => byName.get(path)!), refs };
}

/**
 * What a function does to the variables. Every update waits until all of them have been read and all that the updates in place need
 * (the gradients) is there: a step sees the variables as they were before it.
 *
 * @returns the nodes that update
 */
function addUpdates(
  recording: Recording,
  variables: readonly Variable[],
  { refs: reads }: ReadVariables,
  results: object,
  name: string,
): string[] {
  const { graph, updates } = recording;
  const values = leavesOf(results, isTensor);
  const unknown = [...values.keys()].find((path) => !variables.some((variable) => variable.name === path));
  if (unknown !== undefined) throw new Error(`compile: ${name} gives a value to ${unknown}, which is no variable.`);
  if (values.size === 0 && updates.length === 0) return [];

  const barrier = graph.barrier([...reads, ...updates.flatMap(({ inputs }) => inputs)], `${name}/gradients`);
  for (const { op, node, variables: targets, inputs, attributes } of updates) {
    graph.addAs(node, op, [...targets.map(({ handle }) => handle), ...inputs, `^${barrier}`], attributes);
  }
  const updated = new Set(updates.flatMap((update) => update.variables.map((variable) => variable.name)));
  const refs = recording.refs([...values.values()]);
  const assigned = [...values.keys()].flatMap((path, i) => {
    const variable = variables.find((candidate) => candidate.name === path)!;
    const unchanged = refs[i] === reads[variables.indexOf(variable)];
    return updated.has(path) || unchanged ? [] : [graph.assign(variable, refs[i]!, [barrier])];
  });
  return [...updates.map(({ node }) => node), ...assigned];
}

/** The nodes that move the variables in and out, by the variables' names where there is one for each. */
interface Transfer {
  readonly reads: ReadonlyMap<string, string>;
  readonly values: ReadonlyMap<string, string>;
  readonly assign: string;
  readonly prefix: string;
  readonly saved: string;
  readonly restored: string;
}

function addTransfer(graph: Graph, variables: readonly Variable[]): Transfer {
  const reads = new Map(variables.map((variable) => [variable.name, graph.read(variable)]));
  const values = new Map(
    variables.map(({ name, dtype, shape }) => [name, graph.placeholder(`assign/${name}`, dtype, shape)]),
  );
  const assigned = variables.map((variable) => graph.assign(variable, values.get(variable.name)!));
  return { reads, values, assign: graph.done(assigned, 'assign/done'), ...addCheckpoint(graph, variables, reads) };
}

/** TensorFlow's checkpoint format (tensor bundle, V2); Python reads it with `tf.train.load_checkpoint`. */
function addCheckpoint(graph: Graph, variables: readonly Variable[], reads: ReadonlyMap<string, string>) {
  const nothing = () => graph.done([], 'checkpoint/nothing');
  if (variables.length === 0)
    return { prefix: graph.placeholder('checkpoint/prefix', 'string', []), saved: nothing(), restored: nothing() };
  const prefix = graph.placeholder('checkpoint/prefix', 'string', []);
  const names = graph.constant(
    'string',
    [variables.length],
    variables.map(({ name }) => name),
  );
  const slices = graph.constant(
    'string',
    [variables.length],
    variables.map(() => ''),
  );
  const dtypes = typesOf(variables.map(({ dtype }) => dtype));
  const save = graph.add('SaveV2', [prefix, names, slices, ...reads.values()], { dtypes }, 'checkpoint/save');
  const restore = graph.add('RestoreV2', [prefix, names, slices], { dtypes }, 'checkpoint/restore');
  // All of them have been read, whole and of the right shape, before the first variable changes.
  const checked = variables.map(({ dtype, shape }, i) => {
    const attributes = { T: typeOf(dtype), shape: shapeOf(shape) };
    return graph.add('EnsureShape', [i === 0 ? restore : `${restore}:${i}`], attributes);
  });
  const whole = graph.barrier(checked, 'checkpoint/whole');
  const assigned = variables.map((variable, i) => graph.assign(variable, checked[i]!, [whole]));
  return {
    prefix,
    saved: graph.done([save], 'checkpoint/saved'),
    restored: graph.done(assigned, 'checkpoint/restored'),
  };
}

/** Symbols by path as the tree that the function expects. */
function nest(leaves: readonly (readonly [string, Tensor])[]): object {
  const root: Record<string, unknown> = {};
  for (const [path, tensor] of leaves) {
    const parts = path.split('/');
    const last = parts.pop()!;
    let at = root;
    for (const part of parts) at = (at[part] ??= {}) as Record<string, unknown>;
    at[last] = tensor;
  }
  return root;
}
