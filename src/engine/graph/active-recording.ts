import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { TFEOpAttr } from '#tfjs-node/tfjs_binding.js';
import { nativeBackend } from '../backend.js';
import { probeOutputs } from './probe-outputs.js';
import {
  escapedTensor,
  INSPECT,
  SYMBOL,
  type BoundVariable,
  type OpListener,
  type Symbolic,
} from './recording-binding.js';
import { cannotTrace } from './cannot-trace.js';
import { decodeAttribute } from './encoding.js';
import { sumFilterGradients } from './filter-gradients.js';
import type { DType, Endpoint, Variable } from './graph-def.js';
import type { Graph } from './recorded-graph.js';
import { addWithPrecision } from './precision.js';
import type { InPlaceUpdate, Recording, RecordingOptions } from './recording.js';
import { inferOutputs, type ShapeAttributes } from './shapes.js';
import type { TraceBackend } from './trace-backend.js';

/** The running recording: adds every op that the backend executes to the graph. */
export class ActiveRecording implements Recording, OpListener {
  readonly updates: InPlaceUpdate[] = [];
  /** The id of the last tensor before the recording: TensorFlow.js numbers its tensors. */
  readonly #lastBefore = tf.scalar(0).id;

  constructor(
    readonly graph: Graph,
    readonly options: RecordingOptions,
    private readonly tfjs: TraceBackend,
  ) {}

  symbol(ref: string, dtype: DType, shape: readonly number[], variable?: Variable): Tensor {
    const symbolic = { dtype, shape, trace: this, ref };
    this.graph.shapes.set(ref, shape);
    this.tfjs.binding.next = { symbolic, ...(variable !== undefined && { variable }) };
    return this.tfjs.backend.executeSingleOutput(SYMBOL, [], []);
  }

  refs(tensors: readonly Tensor[]): string[] {
    return this.#inspect(tensors).map(({ symbolic }) => this.#refOf(symbolic));
  }

  endpoints(tensors: readonly Tensor[]): Endpoint[] {
    return this.#inspect(tensors).map(({ symbolic }) => {
      const { dtype, shape } = symbolic;
      return { ref: this.#refOf(symbolic), dtype, shape };
    });
  }

  release(tensors: Iterable<Tensor>): void {
    for (const tensor of tensors) if (tensor.id > this.#lastBefore) tensor.dispose();
  }

  update(op: string, variables: readonly Tensor[], inputs: readonly Tensor[], attributes: ShapeAttributes) {
    const taken = this.updates.flatMap((update) => update.variables);
    const targets = this.#inspect(variables).flatMap(({ variable }) => variable ?? []);
    if (targets.length < variables.length || targets.some((variable) => taken.includes(variable))) return undefined;
    const node = this.graph.reserve(`update/${targets[0]!.name}`);
    const results = targets.map((variable) => this.graph.read(variable, [node]));
    const needed = this.refs(inputs);
    const gradient = sumFilterGradients(this.graph, needed.pop()!);
    this.updates.push({ op, variables: targets, results, inputs: [...needed, gradient], attributes, node });
    return targets.map(({ dtype, shape }, i) => this.symbol(results[i]!, dtype, shape));
  }

  execute(op: string, encoded: TFEOpAttr[], inputs: readonly Symbolic[], outputs: number): Symbolic[] {
    const { binding } = nativeBackend();
    const attributes = Object.fromEntries(
      encoded.map((attribute) => [attribute.name, decodeAttribute(attribute, binding)]),
    );
    const complex = Object.values(attributes).some(({ value }) => value === 'complex64');
    if (complex || inputs.some(({ dtype }) => dtype === 'complex64')) throw complexOp(op);
    const refs = inputs.map((input) => this.#refOf(input));
    const known =
      inferOutputs(op, inputs, attributes) ?? probeOutputs(binding, op, encoded, attributes, inputs, outputs);
    const results = known.slice(0, outputs);
    const added = addWithPrecision(this.graph, this.options, op, refs, inputs, attributes, results);
    return results.map(({ dtype, shape }, i) => ({ dtype, shape, trace: this, ref: added[i]! }));
  }

  #refOf({ dtype, shape, values, trace, ref }: Symbolic): string {
    if (dtype === 'complex64') throw complexOp();
    if (values !== undefined) return this.graph.constant(dtype, shape, values);
    if (trace === this && ref !== undefined) return ref;
    throw escapedTensor();
  }

  #inspect(tensors: readonly Tensor[]): readonly BoundVariable[] {
    this.tfjs.backend.executeMultipleOutputs(INSPECT, [], [...tensors], 0);
    return this.tfjs.binding.inspected;
  }
}

const complexOp = (op?: string) =>
  cannotTrace(
    `${op === undefined ? 'An output' : `The op ${op}`} is of complex numbers, which graphs do not support here.`,
    'Compute with the real and the imaginary part as two tensors.',
  );
