import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { TFEOpAttr } from '@tensorflow/tfjs-node/dist/tfjs_binding.js';
import { nativeBackend } from '../backend.js';
import { askTensorFlow } from './ask.js';
import { leftBehind, LOOK, SYMBOL, type Entry, type OpListener, type Symbolic } from './binding.js';
import { cannotTrace } from './cannot-trace.js';
import { decodeAttribute } from './encoding.js';
import { sumFilterGradients } from './filter-gradients.js';
import type { Graph } from './graph.js';
import type { DType, Endpoint, Variable } from './graph-def.js';
import { addWithPrecision, type Precision } from './precision.js';
import { inferOutputs, type Attributes } from './shapes.js';
import { traceBackend, type TraceBackend } from './trace-backend.js';

export interface RecordingOptions {
  readonly precision: Precision;
  /** Whether ops may be used that only TensorFlow itself has; a graph for TF.js's other backends must do without. */
  readonly fused: boolean;
  /**
   * A placeholder for [0, 0], int32. Random numbers by a constant key are constants too, and TensorFlow would draw them twice: once to
   * fold them, on one core, and once to use them. Added to the key, it keeps them from being folded.
   */
  readonly nought?: string;
}

/** An update of variables in place by one op, such as ResourceApplyAdam. */
export interface InPlaceUpdate {
  readonly op: string;
  /** In the order of the op's inputs, and references to the values that they will have after it. */
  readonly variables: readonly Variable[];
  readonly results: readonly string[];
  /** References of its other inputs. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
  /** The name reserved for the op's node. */
  readonly node: string;
}

/** One recording: from symbolic inputs to references in the graph. */
export interface Recording {
  readonly graph: Graph;
  readonly options: RecordingOptions;
  readonly updates: readonly InPlaceUpdate[];
  /** A tensor that stands for what `ref` will be; for a variable's value also the variable. */
  symbol(ref: string, dtype: DType, shape: readonly number[], variable?: Variable): Tensor;
  /** Where tensors are in the graph. */
  refs(tensors: readonly Tensor[]): string[];
  /** Where tensors are in the graph, and what they are there. */
  endpoints(tensors: readonly Tensor[]): Endpoint[];
  /** Disposes of tensors that were made since the recording began, kept ones (`tf.keep`) too; what came from outside stays. */
  release(tensors: Iterable<Tensor>): void;
  /**
   * See {@link InPlaceUpdate}.
   *
   * @param variables tensors that are the values of variables as they were before the function
   * @returns the values that the variables will have after it; undefined where the tensors are others, or of a variable that is
   *   updated already: then compute the new values with plain ops
   */
  update(
    op: string,
    variables: readonly Tensor[],
    inputs: readonly Tensor[],
    attributes: Attributes,
  ): Tensor[] | undefined;
}

let current: ActiveRecording | undefined;

/** The recording that goes on, if one does: for functions that have a better op for a graph. */
export function recording(): Recording | undefined {
  return current;
}

/**
 * Runs `f` with a TensorFlow.js backend that computes nothing and adds every op to `graph` instead. The kernels are tfjs-node's
 * own; only the native binding below them is exchanged, so whatever runs on tfjs-node, gradients included, can be recorded.
 *
 * The tensors that `f` makes are gone afterwards, except those that it keeps (`tf.keep`).
 *
 * @throws ProblemError `cannot-trace` for what a graph cannot hold
 */
export function record<T>(graph: Graph, options: RecordingOptions, f: (recording: Recording) => T): T {
  if (current !== undefined) {
    throw cannotTrace('A traced function calls a compiled one.', 'Call the function that it was compiled from.');
  }
  const trace = traceBackend();
  const { random } = Math;
  const before = tf.getBackend();
  trace.failure = undefined;
  void tf.setBackend(trace.name);
  Math.random = frozen;
  tf.engine().startScope('trace');
  current = trace.binding.listener = new ActiveRecording(graph, options, trace);
  try {
    const result = f(current);
    if (trace.failure !== undefined) throw trace.failure as Error;
    return result;
  } catch (error) {
    throw trace.failure ?? error;
  } finally {
    tf.engine().endScope();
    Math.random = random;
    current = trace.binding.listener = undefined;
    void tf.setBackend(before);
  }
}

/** What TensorFlow.js draws in JavaScript would be the same numbers in every run of the graph. */
function frozen(): never {
  throw cannotTrace(
    'A traced function draws random numbers in JavaScript, which would be the same ones in every step.',
    'Use randomNormal, randomUniform or dropout of cyclegan-runner/graph, which draw by a key and are ops of the graph.',
  );
}

class ActiveRecording implements Recording, OpListener {
  readonly updates: InPlaceUpdate[] = [];
  /** TensorFlow.js numbers its tensors. */
  readonly #lastBefore = tf.scalar(0).id;

  constructor(
    readonly graph: Graph,
    readonly options: RecordingOptions,
    private readonly tfjs: TraceBackend,
  ) {}

  symbol(ref: string, dtype: DType, shape: readonly number[], variable?: Variable): Tensor {
    const symbolic = { dtype, shape, trace: this, ref };
    this.tfjs.binding.next = { symbolic, ...(variable !== undefined && { variable }) };
    return this.tfjs.backend.executeSingleOutput(SYMBOL, [], []);
  }

  refs(tensors: readonly Tensor[]): string[] {
    return this.#look(tensors).map(({ symbolic }) => this.#refOf(symbolic));
  }

  endpoints(tensors: readonly Tensor[]): Endpoint[] {
    return this.#look(tensors).map(({ symbolic }) => {
      const { dtype, shape } = symbolic;
      return { ref: this.#refOf(symbolic), dtype, shape };
    });
  }

  release(tensors: Iterable<Tensor>): void {
    for (const tensor of tensors) if (tensor.id > this.#lastBefore) tensor.dispose();
  }

  update(op: string, variables: readonly Tensor[], inputs: readonly Tensor[], attributes: Attributes) {
    const taken = this.updates.flatMap((update) => update.variables);
    const targets = this.#look(variables).flatMap(({ variable }) => variable ?? []);
    if (targets.length < variables.length || targets.some((variable) => taken.includes(variable))) return undefined;
    const node = this.graph.reserve(`update/${targets[0]!.name}`);
    const results = targets.map((variable) => this.graph.read(variable, [node]));
    const needed = this.refs(inputs).map((ref) => sumFilterGradients(this.graph, ref));
    this.updates.push({ op, variables: targets, results, inputs: needed, attributes, node });
    return targets.map(({ dtype, shape }, i) => this.symbol(results[i]!, dtype, shape));
  }

  execute(op: string, encoded: TFEOpAttr[], inputs: readonly Symbolic[], outputs: number): Symbolic[] {
    const { binding } = nativeBackend();
    const attributes = Object.fromEntries(encoded.map((one) => [one.name, decodeAttribute(one, binding)]));
    const refs = inputs.map((input) => this.#refOf(input));
    const known =
      inferOutputs(op, inputs, attributes) ?? askTensorFlow(binding, op, encoded, attributes, inputs, outputs);
    const node = addWithPrecision(this.graph, this.options.precision, op, refs, attributes);
    return known.slice(0, outputs).map(({ dtype, shape }, i) => {
      const ref = i === 0 ? node : `${node}:${i}`;
      this.graph.shapes.set(ref, shape);
      return { dtype, shape, trace: this, ref };
    });
  }

  #refOf({ dtype, shape, values, trace, ref }: Symbolic): string {
    if (values !== undefined) return this.graph.constant(dtype, shape, values);
    if (trace === this && ref !== undefined) return ref;
    throw leftBehind();
  }

  #look(tensors: readonly Tensor[]): readonly Entry[] {
    this.tfjs.backend.executeMultipleOutputs(LOOK, [], [...tensors], 0);
    return this.tfjs.binding.looked;
  }
}
