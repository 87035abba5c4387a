import type { Tensor } from '@tensorflow/tfjs-core';
import type { DType, Endpoint, Variable } from './graph-def.js';
import type { Graph } from './recorded-graph.js';
import type { Precision } from './precision.js';
import type { ShapeAttributes } from './shapes.js';

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
   * @param inputs what else the op takes, the gradient last
   * @returns the values that the variables will have after it; undefined where the tensors are others, or of a variable that is
   *   updated already: then compute the new values with plain ops
   */
  update(
    op: string,
    variables: readonly Tensor[],
    inputs: readonly Tensor[],
    attributes: ShapeAttributes,
  ): Tensor[] | undefined;
}

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
  readonly attributes: ShapeAttributes;
  /** The name reserved for the op's node. */
  readonly node: string;
}
