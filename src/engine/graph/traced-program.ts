import type { Tensor } from '@tensorflow/tfjs-core';
import { convolutions } from '../../support/processor.js';
import { usesGpu } from '../backend.js';
import { cannotTrace } from './cannot-trace.js';
import type { CompileOptions, InputSpecs, Program, ProgramFunctions } from './compile.js';
import { Graph } from './recorded-graph.js';
import { checkNames, declaredInputs, givenInputs, signatureOf, tensorsOf, type Inputs } from './input-specs.js';
import { nativeMessage } from './native-message.js';
import { explainPrecision } from './precision.js';
import { removeDamagedPrograms } from '../xla-cache.js';
import { recording } from './recorder.js';
import type { SessionFeeds } from './session.js';
import { GraphState } from './graph-state.js';
import { addFunction, type Traced } from './add-function.js';
import type { Tree } from './tensor-trees.js';
import { whyNotCompiled, type Region } from './xla/encapsulate.js';

/** See `compile`. */
export class CompiledProgram<V extends Tree<V>, F extends ProgramFunctions<V>> implements Program<V, F> {
  readonly functions: Program<V, F>['functions'];
  readonly #graph = new Graph();
  readonly #state: GraphState;
  /** The traces by signature. */
  readonly #traced = new Map<string, Traced>();
  /** The inputs of each function, by its name. */
  readonly #inputs = new Map<string, Inputs>();
  /** The functions that XLA compiles. */
  readonly #compiled: Set<string>;

  constructor(
    private readonly definitions: F,
    private readonly options: CompileOptions<V, F>,
  ) {
    this.#compiled = new Set(options.xla?.functions);
    this.#state = new GraphState(
      this.#graph,
      options.variables ?? (() => ({})),
      () => this.#fetched(),
      options.unsaved,
    );
    for (const [name, specs] of Object.entries<InputSpecs | undefined>(options.inputs ?? {})) {
      if (specs !== undefined) this.#trace(name, declaredInputs(specs));
    }
    const functions = Object.keys(definitions).map((name) => [name, (inputs = {}) => this.#call(name, inputs)]);
    this.functions = Object.fromEntries(functions) as Program<V, F>['functions'];
  }

  get traces(): number {
    return this.#traced.size;
  }

  ops(name: keyof F & string): ReadonlyMap<string, number> {
    const traced = [...this.#traced.values()].filter((one) => one.name === name);
    const refs = traced.flatMap(({ outputs, effects }) => [...outputs.values(), effects]);
    const counts = new Map<string, number>();
    for (const { op } of this.#graph.needed(refs)) counts.set(op, (counts.get(op) ?? 0) + 1);
    return counts;
  }

  initialize(): void {
    this.#state.initialize();
  }

  read(): V {
    return this.#state.read() as V;
  }

  assign(values: V): void {
    this.#state.assign(values);
  }

  save(prefix: string): void {
    this.#state.save(prefix);
  }

  restore(prefix: string): void {
    this.#state.restore(prefix);
  }

  dispose(): void {
    this.#state.dispose();
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

    const feeds = Object.fromEntries([...tensors].map(([path, tensor]) => [traced.inputs.get(path)!, tensor]));
    const values = this.#run(name, feeds, [...traced.outputs.values(), traced.effects]);
    values.pop()!.dispose();
    const paths = new Map([...traced.outputs.keys()].map((path, i) => [path, values[i]!]));
    return traced.form.fill((path) => paths.get(path)!);
  }

  #run(name: string, feeds: SessionFeeds, refs: readonly string[]): Tensor[] {
    try {
      return this.#compiling(name, () => this.#state.run(feeds, refs));
    } catch (error) {
      throw explainPrecision(error, this.options.precision ?? 'float32');
    }
  }

  /** What XLA cannot compile, or what fails compiled, is left to TensorFlow's executor from then on. */
  #compiling<T>(name: string, run: () => T): T {
    if (!this.#compiled.has(name)) return run();
    try {
      return run();
    } catch (error) {
      const reason = nativeMessage(error as Error);
      return (removeDamagedPrograms(reason) ? this.#again(run) : undefined) ?? this.#uncompiled(name, run, reason);
    }
  }

  #trace(name: string, inputs: Inputs): Traced {
    const call = this.definitions[name];
    if (call === undefined) throw new Error(`There is no function ${name} to compile.`);
    const { precision = 'float32' } = this.options;
    const kernels = this.#compiled.has(name) || usesGpu() ? undefined : convolutions();
    const traced = addFunction(
      this.#graph,
      { name, call, inputs, precision, convolutions: kernels },
      this.#state.variables,
    );
    this.#traced.set(signatureOf(name, inputs), traced);
    this.#inputs.set(name, inputs);
    return traced;
  }

  /** If TensorFlow refuses the function, its trace is removed; the other functions and the variables do not change. */
  #retrace(name: string, inputs: Inputs): Traced {
    const before = this.#inputs.get(name);
    const traced = this.#trace(name, inputs);
    try {
      this.#state.renew();
    } catch (error) {
      this.#traced.delete(signatureOf(name, inputs));
      if (before === undefined) this.#inputs.delete(name);
      throw error;
    }
    return traced;
  }

  /** A session remembers what it could not compile: in a new one. */
  #again<T>(run: () => T): T | undefined {
    try {
      this.#state.renew();
      return run();
    } catch {
      return undefined;
    }
  }

  #uncompiled<T>(name: string, run: () => T, reason: string): T {
    this.#compiled.delete(name);
    this.#state.renew();
    const result = run(); // Where that fails, too, XLA is not at fault.
    this.options.xla?.onFailure?.(name, reason);
    return result;
  }

  /** What a session may fetch or feed, and what of it XLA compiles. */
  #fetched() {
    const traced = [...this.#traced.values()];
    const compiled = traced.map((one) => this.#regionOf(one)).filter((region) => region !== undefined);
    return {
      compiled,
      refs: traced.flatMap((one) => [
        ...one.inputs.values(),
        ...(this.#compiled.has(one.name) ? [] : [...one.outputs.values(), one.effects]),
      ]),
    };
  }

  /** What XLA compiles of a function; undefined where it does not. */
  #regionOf({ name, outputs, effects }: Traced): Region | undefined {
    if (!this.#compiled.has(name)) return undefined;
    const region = { name: effects, results: [...outputs.values(), effects] };
    const reason = whyNotCompiled(this.#graph, region);
    if (reason === undefined) return region;
    this.#compiled.delete(name);
    this.options.xla?.onFailure?.(name, reason);
    return undefined;
  }
}
