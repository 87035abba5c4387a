import type { TFEOpAttr, TFJSBinding, TensorMetadata } from '#tfjs-node/tfjs_binding.js';
import { cannotTrace } from './cannot-trace.js';
import { DATA_TYPES, dtypeName } from './encoding.js';
import type { Values, Variable } from './graph-def.js';
import type { KnownTensor } from './shapes.js';

/** A tensor while a function is traced: a reference into the graph, or the values of a constant. */
export interface Symbolic extends KnownTensor {
  /** Its trace and its reference in the graph; a constant has neither and can be added to any graph. */
  readonly trace?: OpListener;
  readonly ref?: string;
}

/** The binding's entry for a tensor. */
export interface BoundVariable {
  readonly symbolic: Symbolic;
  /** The variable whose value it is. */
  readonly variable?: Variable;
}

/** Receives every op while a function is traced. @returns the op's outputs */
export interface OpListener {
  execute(op: string, encoded: TFEOpAttr[], inputs: readonly Symbolic[], outputs: number): readonly Symbolic[];
}

/** Pseudo-ops that create and inspect tensors through the backend's public methods. */
export const SYMBOL = 'runner:symbol';
export const INSPECT = 'runner:inspect';

/**
 * Replaces the native library below tfjs-node's kernels: it computes nothing and passes every op to a listener. Its methods and
 * constants have the names of tfjs-node's binding.
 */
export class RecordingBinding {
  /** Set while a function is traced. */
  listener: OpListener | undefined;
  /** The tensor that the next {@link SYMBOL} creates, and the tensors of the last {@link INSPECT}. */
  next: BoundVariable | undefined;
  inspected: readonly BoundVariable[] = [];

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
    if (this.listener === undefined) throw escapedTensor();
    throw cannotTrace(
      'A traced function reads the value of a tensor (dataSync, data, print...), which has none while it is traced.',
      'Return the tensor and read it there, or choose with ops (tf.where) instead of with JavaScript.',
    );
  }

  executeOp(op: string, encoded: TFEOpAttr[], ids: number[], outputs: number): TensorMetadata[] {
    if (op === SYMBOL) return [this.#metadata(this.next!)];
    const entries = ids.map((id) => this.#entry(id));
    if (op === INSPECT) {
      this.inspected = entries;
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

/** The problem of a tensor that is used after the trace that created it. */
export function escapedTensor() {
  return cannotTrace(
    'A tensor of a traced function is used after the trace; it has no value there.',
    'Return it from the traced function as an output, and pass it on as an input.',
  );
}
