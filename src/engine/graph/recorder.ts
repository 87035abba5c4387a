import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import type { TFEOpAttr, TFJSBinding, TensorMetadata } from '@tensorflow/tfjs-node/dist/tfjs_binding.js';
import { createNodeBackend, nativeBackend } from '../backend.js';
import { askTensorFlow } from './ask.js';
import { cannotTrace } from './cannot-trace.js';
import { DATA_TYPES, decodeAttribute, dtypeName } from './encoding.js';
import type { Graph } from './graph.js';
import type { DType, Values, Variable } from './graph-def.js';
import { addWithPrecision, type Precision } from './precision.js';
import { inferOutputs, type Attributes, type Known } from './shapes.js';

/** A tensor while a function is traced: where its value will be in the graph, or the value itself if it is a constant. */
interface Symbolic extends Known {
  /** The graph that it belongs to, and how to find it there; a constant has neither and can be put into any graph. */
  readonly graph?: Graph;
  readonly ref?: () => string;
}

export interface RecordingOptions {
  readonly precision: Precision;
  /** Whether ops may be used that only TensorFlow itself has; a graph for TF.js's other backends must do without. */
  readonly fused: boolean;
}

/** An update of variables in place by one op, such as ResourceApplyAdam. */
export interface InPlaceUpdate {
  readonly op: string;
  /** In the order of the op's inputs. */
  readonly variables: readonly Variable[];
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
  /** The variables whose values tensors are; undefined for others. */
  variables(tensors: readonly Tensor[]): (Variable | undefined)[];
  /** See {@link InPlaceUpdate}. @returns the values that the variables will have after it */
  update(op: string, variables: readonly Tensor[], inputs: readonly Tensor[], attributes: Attributes): Tensor[];
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
 * @throws ProblemError `cannot-trace` for what a graph cannot hold
 */
export function record<T>(graph: Graph, options: RecordingOptions, f: (recording: Recording) => T): T {
  if (current !== undefined) throw cannotTrace('A function is traced within a traced function.', 'Call it directly.');
  const { backend, binding } = traceBackend();
  const before = tf.getBackend();
  const mine = new ActiveRecording(graph, options, backend, binding);
  current = mine;
  const random = Math.random;
  void tf.setBackend(BACKEND);
  Math.random = frozen;
  tf.engine().startScope('trace');
  try {
    return f(mine);
  } finally {
    tf.engine().endScope();
    Math.random = random;
    current = undefined;
    void tf.setBackend(before);
  }
}

/** What TensorFlow.js draws in JavaScript would be the same numbers in every run of the graph. */
function frozen(): never {
  throw cannotTrace(
    'A traced function draws random numbers in JavaScript, which would be the same ones in every step.',
    'Use randomNormal, randomUniform or dropout of engine/random.ts, whose numbers are ops of the graph.',
  );
}

class ActiveRecording implements Recording {
  readonly updates: InPlaceUpdate[] = [];

  constructor(
    readonly graph: Graph,
    readonly options: RecordingOptions,
    private readonly backend: NodeJSKernelBackend,
    private readonly binding: RecordingBinding,
  ) {}

  symbol(ref: string, dtype: DType, shape: readonly number[], variable?: Variable): Tensor {
    return this.#tensor({ dtype, shape, graph: this.graph, ref: () => ref }, variable);
  }

  refs(tensors: readonly Tensor[]): string[] {
    return this.#look(tensors).map(({ symbolic }) => this.refOf(symbolic));
  }

  variables(tensors: readonly Tensor[]): (Variable | undefined)[] {
    return this.#look(tensors).map(({ variable }) => variable);
  }

  update(op: string, variables: readonly Tensor[], inputs: readonly Tensor[], attributes: Attributes): Tensor[] {
    const targets = this.variables(variables).map((variable) => {
      if (variable === undefined) throw new Error(`${op} can only update the values of variables.`);
      return variable;
    });
    const node = this.graph.reserve(`update/${targets[0]!.name}`);
    this.updates.push({ op, variables: targets, inputs: this.refs(inputs), attributes, node });
    return targets.map((variable) => {
      const { dtype, shape } = variable;
      return this.#tensor({ dtype, shape, graph: this.graph, ref: () => this.graph.read(variable, [node]) });
    });
  }

  refOf({ dtype, shape, values, graph, ref }: Symbolic): string {
    if (values !== undefined) return this.graph.constant(dtype, shape, values);
    if (graph === this.graph) return ref!();
    throw cannotTrace(
      'A traced function uses a tensor that an earlier traced function has left behind; it has no value.',
      'Return it from that function, and give it to this one as an input.',
    );
  }

  #tensor(symbolic: Symbolic, variable?: Variable): Tensor {
    this.binding.next = { symbolic, ...(variable !== undefined && { variable }) };
    return this.backend.executeSingleOutput(SYMBOL, [], []);
  }

  #look(tensors: readonly Tensor[]) {
    this.backend.executeMultipleOutputs(LOOK, [], [...tensors], 0);
    return this.binding.looked;
  }
}

interface Entry {
  readonly symbolic: Symbolic;
  readonly variable?: Variable;
}

const BACKEND = 'cyclegan-runner-trace';
/** Ops of our own, which make a tensor and look at tensors through the backend's public methods. */
const SYMBOL = 'runner:symbol';
const LOOK = 'runner:look';

let traced: { readonly backend: NodeJSKernelBackend; readonly binding: RecordingBinding } | undefined;

/** One for the process: tensors that were made while tracing stay readable (constants) or explain themselves. */
function traceBackend() {
  if (traced !== undefined) return traced;
  const binding = new RecordingBinding(nativeBackend().binding);
  const backend = createNodeBackend(binding as unknown as TFJSBinding);
  tf.registerBackend(BACKEND, () => backend);
  tf.copyRegisteredKernels('tensorflow', BACKEND);
  traced = { backend, binding };
  return traced;
}

/** What tfjs-node's kernels see in place of the native library. The names of its methods and constants are tfjs-node's. */
class RecordingBinding {
  /** What the next {@link SYMBOL} makes, and what the last {@link LOOK} saw. */
  next: Entry | undefined;
  looked: readonly Entry[] = [];

  readonly #entries = new Map<number, Entry>();
  #lastId = 0;

  constructor(private readonly native: TFJSBinding) {
    for (const name of Object.getOwnPropertyNames(native)) {
      const value: unknown = native[name as keyof TFJSBinding];
      if (typeof value !== 'function') Object.assign(this, { [name]: value });
    }
  }

  isUsingGpuDevice = () => false;

  createTensor(shape: number[], dtype: number, values: Values): number {
    return this.#add({ symbolic: { dtype: dtypeName(dtype), shape, values } });
  }

  deleteTensor(id: number): void {
    this.#entries.delete(id);
  }

  tensorDataSync(id: number): Values {
    const { values } = this.#entry(id).symbolic;
    if (values !== undefined) return values;
    throw cannotTrace(
      'A traced function reads the value of a tensor (dataSync, data, print...), which has none while it is traced.',
      'Return the tensor and read it there, or choose with ops (tf.where) instead of with JavaScript.',
    );
  }

  executeOp(op: string, encoded: TFEOpAttr[], ids: number[], outputs: number): TensorMetadata[] {
    if (op === SYMBOL) return [this.#metadata(this.next!)];
    const entries = ids.map((id) => this.#entry(id));
    if (op === LOOK) {
      this.looked = entries;
      return [];
    }
    const inputs = entries.map(({ symbolic }) => symbolic);
    const attributes = Object.fromEntries(
      encoded.map((attribute) => [attribute.name, decodeAttribute(attribute, this.native)]),
    );
    const recording = current!;
    const known =
      inferOutputs(op, inputs, attributes) ?? askTensorFlow(this.native, op, encoded, attributes, inputs, outputs);
    const refs = inputs.map((input) => recording.refOf(input));
    const node = addWithPrecision(recording.graph, recording.options.precision, op, refs, attributes);
    return known.slice(0, outputs).map((output, i) => {
      const ref = i === 0 ? node : `${node}:${i}`;
      return this.#metadata({ symbolic: { ...output, graph: recording.graph, ref: () => ref } });
    });
  }

  #metadata(entry: Entry): TensorMetadata {
    const { dtype, shape } = entry.symbolic;
    return { id: this.#add(entry), shape: [...shape], dtype: DATA_TYPES[dtype] };
  }

  #add(entry: Entry): number {
    this.#entries.set(++this.#lastId, entry);
    return this.#lastId;
  }

  #entry(id: number): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Error('A tensor is used after it was disposed of.');
    return entry;
  }
}
