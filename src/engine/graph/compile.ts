import type { Tensor } from '@tensorflow/tfjs-core';
import type { Precision } from './precision.js';
import { CompiledProgram } from './traced-program.js';
import type { Tree } from './tensor-trees.js';

/**
 * A function of a program: plain TensorFlow.js, a pure function of the variables and of its inputs. It runs once, while it is
 * traced, and must not read a tensor's value. What it returns under `variables` are their new values, each under the variable's own
 * name; those that are left out stay as they are.
 */
export type ProgramFunction<V> = (
  variables: V,
  inputs: never,
) => { readonly outputs?: object; readonly variables?: Changes<V> };

/** The functions of a program, by name. */
export type ProgramFunctions<V> = Readonly<Record<string, ProgramFunction<V>>>;

/** Some of a tree, of any rank as far as the compiler is concerned: shapes are checked while tracing. */
export type Changes<V> = V extends Tensor ? Tensor : { readonly [name in keyof V]?: Changes<V[name]> };

/** A compiled function: blocks until its outputs are there, which belong to the caller. */
export type Compiled<F> = F extends (variables: never, inputs: infer I) => infer R
  ? unknown extends I
    ? () => Outputs<R>
    : (inputs: I) => Outputs<R>
  : never;
type Outputs<R> = R extends { readonly outputs: infer O } ? O : Record<string, never>;

export interface CompileOptions<V, F> {
  /** Makes the values that the variables start from; their names are their paths in the tree. It is traced too. */
  readonly variables?: () => V;
  /** Inputs that the functions will be called with: functions named here are traced at once, not at their first call. */
  readonly inputs?: { readonly [name in keyof F]?: InputSpecs };
  /** `float32` by default. */
  readonly precision?: Precision;
}

/** Shapes and types of a function's inputs, in a tree of their form. */
export interface InputSpecs {
  readonly [name: string]: InputSpec | InputSpecs;
}
export interface InputSpec {
  readonly shape: readonly number[];
  /** float32 by default. */
  readonly dtype?: 'float32' | 'int32' | 'bool';
}

/** Functions over shared variables, compiled to one TensorFlow graph. */
export interface Program<V, F> {
  readonly functions: { readonly [name in keyof F]: Compiled<F[name]> };
  /** How often a function was traced: once for each set of input shapes and types. */
  readonly traces: number;
  /** Gives the variables the values that they start from. Otherwise this happens before the first function that is called. */
  initialize(): void;
  /** The variables' values; the caller owns them. */
  read(): V;
  /** Gives every variable the value of the same name. @throws Error when one is missing or of another shape or type */
  assign(values: V): void;
  /** Writes the variables as a TensorFlow checkpoint: `<prefix>.index` and `<prefix>.data-00000-of-00001`. */
  save(prefix: string): void;
  /**
   * Reads the variables from a TensorFlow checkpoint, which may hold others too.
   * @throws Error when the checkpoint is missing, damaged or lacks a variable; the variables are then as they were
   */
  restore(prefix: string): void;
  /** Ends the session and forgets the variables. The program cannot be used afterwards. */
  dispose(): void;
}

/**
 * Compiles TensorFlow.js functions to a TensorFlow graph, as Python's `tf.function` does: each is run once on symbols, the ops that it
 * uses, gradients included, become a graph, and TensorFlow runs that. The functions share one set of variables, which live in the
 * session. A function sees the variables as they were before it; all updates come after all reads.
 *
 * A function is traced anew only when it is called with inputs of other shapes or types. `loadTensorFlow()` comes first.
 *
 * @throws ProblemError `cannot-trace` for what a graph cannot hold, with the line that does it
 *
 * @example
 * interface Model { readonly w: Tensor2D }
 * interface Batch { readonly x: Tensor2D; readonly y: Tensor2D }
 *
 * const program = compile(
 *   {
 *     step: ({ w }: Model, { x, y }: Batch) => {
 *       const loss = (w: Tensor) => tf.losses.meanSquaredError(y, tf.matMul(x, w)) as Scalar;
 *       const { value, grads } = tf.valueAndGrads(loss)([w]);
 *       return { variables: { w: tf.sub(w, tf.mul(grads[0]!, 0.1)) }, outputs: { loss: value } };
 *     },
 *     predict: ({ w }: Model, { x }: Pick<Batch, 'x'>) => ({ outputs: { y: tf.matMul(x, w) } }),
 *   },
 *   { variables: () => ({ w: tf.zeros<Rank.R2>([3, 1]) }) },
 * );
 * const { loss } = program.functions.step({ x, y });
 */
export function compile<V extends Tree<V>, F extends ProgramFunctions<V>>(
  functions: F,
  options: CompileOptions<V, F> = {},
): Program<V, F> {
  return new CompiledProgram(functions, options);
}
