import type { Tensor } from '@tensorflow/tfjs-core';
import type { Precision } from './precision.js';
import { CompiledProgram } from './traced-program.js';
import type { Tree } from './tensor-trees.js';

/**
 * A function of a program: plain TensorFlow.js, a pure function of the variables and its inputs. It runs once, while it is traced, and
 * must not read a tensor's value. It returns new values of variables under `variables`, by the variables' names; the others do not
 * change.
 */
export type ProgramFunction<V> = (
  variables: V,
  inputs: never,
) => { readonly outputs?: object; readonly variables?: Changes<V> };

/** The functions of a program, by name. */
export type ProgramFunctions<V> = Readonly<Record<string, ProgramFunction<V>>>;

/** A part of a tree, with tensors of any rank for the compiler: shapes are checked while tracing. */
export type Changes<V> = V extends Tensor ? Tensor : { readonly [name in keyof V]?: Changes<V[name]> };

/** A compiled function: blocks until its outputs are computed, which the caller owns. */
export type Compiled<F> = F extends (variables: never, inputs: infer I) => infer R
  ? unknown extends I
    ? () => Outputs<R>
    : (inputs: I) => Outputs<R>
  : never;
/** What a compiled function returns. */
export type Outputs<R> = R extends { readonly outputs: infer O } ? O : Record<string, never>;

export interface CompileOptions<V, F> {
  /** Returns the initial values of the variables, named by their paths in the tree. It is traced, too. */
  readonly variables?: () => V;
  /** The inputs of functions to trace at once instead of at their first call. */
  readonly inputs?: { readonly [name in keyof F]?: InputSpecs };
  /** `float32` by default. */
  readonly precision?: Precision;
  /**
   * The name of a part of the variables' tree that is working memory: checkpoints do not have it, and it is zero after {@link
   * Program.restore}.
   */
  readonly unsaved?: string;
  /** Without it, TensorFlow's executor runs all functions op by op. */
  readonly xla?: XlaOptions<F>;
}

/** What XLA compiles (https://openxla.org/xla): each function to one program, the first time that it is called. */
export interface XlaOptions<F> {
  readonly functions: readonly (keyof F & string)[];
  /** Is told why XLA cannot compile a function; TensorFlow's executor runs it then. */
  readonly onFailure?: (name: string, reason: string) => void;
}

/** Shapes and types of a function's inputs, in the same tree. */
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
  /** The ops that a call of a traced function runs, and how many of each; of all its traces together. */
  ops(name: keyof F & string): ReadonlyMap<string, number>;
  /** How often a function was traced: once for each set of input shapes and types. */
  readonly traces: number;
  /** Sets the variables to their initial values. Otherwise this happens before the first call of a function. */
  initialize(): void;
  /** The variables' values; the caller owns them. */
  read(): V;
  /** Sets every variable to the value of the same name. @throws Error when one is missing or of another shape or type */
  assign(values: V): void;
  /** Writes the variables as a TensorFlow checkpoint: `<prefix>.index` and `<prefix>.data-00000-of-00001`. */
  save(prefix: string): void;
  /**
   * Reads the variables from a TensorFlow checkpoint, which may contain others, too.
   * @throws Error when the checkpoint is missing, damaged or lacks a variable; the variables are then unchanged
   */
  restore(prefix: string): void;
  /** Closes the session and frees the variables. The program cannot be used afterwards. */
  dispose(): void;
}

/**
 * Compiles TensorFlow.js functions to a TensorFlow graph, like Python's `tf.function`: each function runs once on symbols, its ops
 * (including gradients) become a graph, and TensorFlow runs the graph. The functions share one set of variables, which the session
 * stores. A function reads the variables before its own updates; all updates come after all reads.
 *
 * A function is traced again only when it is called with inputs of other shapes or types. Call `loadTensorFlow()` first.
 *
 * @throws ProblemError `cannot-trace` for anything that a graph cannot represent, with the line of the cause
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
