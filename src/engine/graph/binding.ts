import type { TFEOpAttr, TFJSBinding, TensorMetadata } from '#tfjs-node/tfjs_binding.js';
import { cannotTrace } from './cannot-trace.js';
import { DATA_TYPES, dtypeName } from './encoding.js';
import type { Values, Variable } from './graph-def.js';
import type { Known } from './shapes.js';

/** A tensor while a function is traced: where its value will be in the graph, or the value itself if it is a constant. */
export interface Symbolic extends Known {
  /** The trace that it belongs to, and its place in the graph; a constant has neither and can be put into any graph. */
  readonly trace?: OpListener;
  readonly ref?: string;
}

/** What the binding keeps of a tensor. */
export interface BoundVariable {
  readonly symbolic: Symbolic;
  /** The variable whose value it is. */
  readonly variable?: Variable;
}

/** Who is told of every op while a function is traced. @returns the op's outputs */
export interface OpListener {
  execute(op: string, encoded: TFEOpAttr[], inputs: readonly Symbolic[], outputs: number): readonly Symbolic[];
}

/** Ops of our own, which make a tensor and look at tensors through the backend's public methods. */
export const SYMBOL = 'runner:symbol';
export const LOOK = 'runner:look';

/**
 * What tfjs-node's kernels see in place of the native library: it computes nothing and tells a listener. The names of its methods and
 * constants are tfjs-node's.
 */
export class RecordingBinding {
  /** There while a function is traced. */
  listener: OpListener | undefined;
  /** What the next {@link SYMBOL} makes, and what the last {@link LOOK} saw. */
  next: BoundVariable | undefined;
  looked: readonly BoundVariable[] = [];

  readonly #entries = new Map<number, BoundVariable>();
  #lastId = 0;

  constructor(native: TFJSBinding) {
    for (const name of Object.getOwnPropertyNames(native)) {
      const value = (native as unknown as Readonly<Record<string, unknown>>)[name];
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
    if (this.listener === undefined) throw leftBehind();
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
    if (this.listener === undefined) throw new Error(`The op ${op} is recorded, but no function is traced.`);
    const inputs = entries.map(({ symbolic }) => symbolic);
    return this.listener.execute(op, encoded, inputs, outputs).map((symbolic) => this.#metadata({ symbolic }));
  }

  #metadata(entry: BoundVariable): TensorMetadata {
    const { dtype, shape } = entry.symbolic;
    return { id: this.#add(entry), shape: [...shape], dtype: DATA_TYPES[dtype] };
  }

  #add(entry: BoundVariable): number {
    this.#entries.set(++this.#lastId, entry);
    return this.#lastId;
  }

  #entry(id: number): BoundVariable {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Error('A tensor is used after it was disposed of.');
    return entry;
  }
}

/** The complaint about a tensor that has outlived the trace that made it. */
export function leftBehind() {
  return cannotTrace(
    'A tensor is used that a traced function computed and left behind; it stood for a value while that was traced, and has none.',
    'Return it from the traced function as an output, and give it to whoever needs it as an input.',
  );
}
