import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { cannotTrace } from './cannot-trace.js';
import type { CompileOptions, InputSpecs, Program, ProgramFunctions } from './compile.js';
import { Graph } from './graph.js';
import { checkNames, declaredInputs, givenInputs, signatureOf, tensorsOf, type Inputs } from './inputs.js';
import { recording } from './recorder.js';
import { Session, type Feeds } from './session.js';
import { addFunction, type Traced } from './traced.js';
import { addTransfer, type Transfer } from './transfer.js';
import { isTensor, leavesOf, type Tree } from './tree.js';
import { addVariables, type Variables } from './variables.js';

/** See `compile`. */
export class CompiledProgram<V extends Tree<V>, F extends ProgramFunctions<V>> implements Program<V, F> {
  readonly functions: Program<V, F>['functions'];
  readonly #graph = new Graph();
  readonly #variables: Variables;
  readonly #transfer: Transfer;
  /** By signature. */
  readonly #traced = new Map<string, Traced>();
  /** What each function takes, by its name. */
  readonly #inputs = new Map<string, Inputs>();
  #session: Session | undefined;
  #state: 'new' | 'ready' | 'disposed' = 'new';

  constructor(
    private readonly definitions: F,
    private readonly options: CompileOptions<V, F>,
  ) {
    this.#variables = addVariables(this.#graph, options.variables ?? (() => ({})));
    this.#transfer = addTransfer(this.#graph, this.#variables.list);
    for (const [name, specs] of Object.entries<InputSpecs | undefined>(options.inputs ?? {})) {
      if (specs !== undefined) this.#trace(name, declaredInputs(specs));
    }
    const functions = Object.keys(definitions).map((name) => [name, (inputs = {}) => this.#call(name, inputs)]);
    this.functions = Object.fromEntries(functions) as Program<V, F>['functions'];
  }

  get traces(): number {
    return this.#traced.size;
  }

  initialize(): void {
    const nought = tf.zeros([2], 'int32');
    this.#effect({ [this.#variables.nought]: nought }, this.#variables.initialized);
    nought.dispose();
    this.#state = 'ready';
  }

  read(): V {
    this.#ready();
    return this.#values();
  }

  assign(values: V): void {
    const given = leavesOf(values, isTensor);
    const feeds = this.#variables.list.map(({ name, dtype, shape }): [string, Tensor] => {
      const value = given.get(name);
      const expected = `${dtype} [${shape.join(', ')}]`;
      const found = value === undefined ? 'nothing' : `${value.dtype} [${value.shape.join(', ')}]`;
      if (value === undefined || found !== expected) {
        throw new Error(`The variable ${name} takes ${expected}, and was given ${found}.`);
      }
      return [this.#transfer.values.get(name)!, value];
    });
    this.#effect(Object.fromEntries(feeds), this.#transfer.assigned);
    this.#state = 'ready';
  }

  save(prefix: string): void {
    this.#ready();
    this.#withPrefix(prefix, this.#transfer.saved);
  }

  restore(prefix: string): void {
    this.#withPrefix(prefix, this.#transfer.restored);
    this.#state = 'ready';
  }

  dispose(): void {
    this.#close();
    this.#state = 'disposed';
  }

  #call(name: string, inputs: object): object {
    if (recording() !== undefined) {
      throw cannotTrace(`A traced function calls the compiled function ${name}.`, 'Call what it was compiled from.');
    }
    const tensors = tensorsOf(name, inputs);
    const given = givenInputs(inputs);
    const expected = this.#inputs.get(name);
    if (expected !== undefined) checkNames(name, expected, given);
    const traced = this.#traced.get(signatureOf(name, given)) ?? this.#retrace(name, given);
    this.#ready();

    const feeds = Object.fromEntries([...tensors].map(([path, tensor]) => [traced.inputs.get(path)!, tensor]));
    const values = this.#open().run(feeds, [...traced.outputs.values(), traced.effects]);
    values.pop()!.dispose();
    const paths = new Map([...traced.outputs.keys()].map((path, i) => [path, values[i]!]));
    return traced.form.fill((path) => paths.get(path)!);
  }

  #trace(name: string, inputs: Inputs): Traced {
    const call = this.definitions[name];
    if (call === undefined) throw new Error(`There is no function ${name} to compile.`);
    const { precision = 'float32' } = this.options;
    const traced = addFunction(this.#graph, { name, call, inputs, precision }, this.#variables);
    this.#traced.set(signatureOf(name, inputs), traced);
    this.#inputs.set(name, inputs);
    return traced;
  }

  /** The graph of a session cannot grow: a new one takes over the variables. */
  #retrace(name: string, inputs: Inputs): Traced {
    const traced = this.#trace(name, inputs);
    if (this.#session === undefined) return traced;
    const kept = this.#state === 'ready' ? this.#values() : undefined;
    this.#close();
    if (kept !== undefined) {
      this.assign(kept);
      tf.dispose([...leavesOf(kept, isTensor).values()]);
    }
    return traced;
  }

  #ready(): void {
    if (this.#state !== 'ready') this.initialize();
  }

  #open(): Session {
    if (this.#state === 'disposed') throw new Error('A compiled program is used after it was disposed of.');
    this.#session ??= new Session(this.#graph.needed(this.#refs()));
    return this.#session;
  }

  #close(): void {
    this.#session?.dispose();
    this.#session = undefined;
  }

  /** All that a session may be asked for. */
  #refs(): string[] {
    const { reads, assigned, saved, restored } = this.#transfer;
    const functions = [...this.#traced.values()].flatMap(({ inputs, outputs, effects }) => [
      ...inputs.values(),
      ...outputs.values(),
      effects,
    ]);
    return [
      this.#variables.nought,
      this.#variables.initialized,
      ...reads.values(),
      assigned,
      saved,
      restored,
      ...functions,
    ];
  }

  #values(): V {
    const { reads } = this.#transfer;
    const values = reads.size === 0 ? [] : this.#open().run({}, [...reads.values()]);
    const byName = new Map([...reads.keys()].map((name, i) => [name, values[i]!]));
    return this.#variables.form.fill((name) => byName.get(name)!) as V;
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
