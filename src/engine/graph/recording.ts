import type { Tensor } from '@tensorflow/tfjs-core';
import type { Convolutions } from '../../support/processor.js';
import type { DType, Endpoint, Variable } from './graph-def.js';
import type { Graph } from './recorded-graph.js';
import type { Precision } from './precision.js';
import type { ShapeAttributes } from './shapes.js';

/** One recording: from symbolic inputs to references in the graph. */
export interface Recording {
  readonly graph: Graph;
  readonly options: RecordingOptions;
  readonly updates: readonly InPlaceUpdate[];
  /** A tensor that stands for the value at `ref`; for a variable's value, also pass the variable. */
  symbol(ref: string, dtype: DType, shape: readonly number[], variable?: Variable): Tensor;
  /** The references of tensors in the graph. */
  refs(tensors: readonly Tensor[]): string[];
  /** The references, types and shapes of tensors in the graph. */
  endpoints(tensors: readonly Tensor[]): Endpoint[];
  /** Disposes of tensors created since the recording began, including kept ones (`tf.keep`); tensors from outside stay. */
  release(tensors: Iterable<Tensor>): void;
  /**
   * See {@link InPlaceUpdate}.
   *
   * @param variables tensors with the values of variables before the function
   * @param inputs the other inputs of the op, the gradient last
   * @returns the variables' values after the update; undefined if the tensors are not variables' values, or a variable is updated
   *   already: then compute the new values with plain ops
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
  /** Whether ops that only TensorFlow has may be used; graphs for TF.js's other backends must not contain them. */
  readonly fused: boolean;
  /** Whose convolutions run the graph, where some are faster in another form. */
  readonly convolutions?: Convolutions | undefined;
  /**
   * A placeholder for [0, 0], int32. Random numbers with a constant key are constants, too, and TensorFlow would draw them twice: once
   * to fold them, on one core, and once to use them. Adding the placeholder to the key prevents the folding.
   */
  readonly zeroKey?: string;
}

/** An update of variables in place by one op, such as ResourceApplyAdam. */
export interface InPlaceUpdate {
  readonly op: string;
  /** In the order of the op's inputs; `results` are references to their values after the update. */
  readonly variables: readonly Variable[];
  readonly results: readonly string[];
  /** References of its other inputs. */
  readonly inputs: readonly string[];
  readonly attributes: ShapeAttributes;
  /** The name reserved for the op's node. */
  readonly node: string;
}
