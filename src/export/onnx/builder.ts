import { contentOf, digest } from '../../engine/graph/saved-model-content.js';
import { IMAGE, TRANSLATION } from '../trace.js';
import type { Constant, Content, Initializer, OnnxAttribute, OnnxGraph, OnnxNode } from './graph.js';
import { intsOf } from './graph.js';
import { usedOnly } from './used-only.js';

/**
 * A value of the traced graph: computed in the ONNX graph, or a weight or constant, which becomes an initializer in the form that is
 * used. `shape` is TensorFlow's: images are [batch, height, width, channels].
 */
export type Operand = Computed | Stored;

export interface Computed {
  readonly kind: 'computed';
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether the ONNX value is [batch, channels, height, width]. */
  readonly channelsFirst: boolean;
}

export type Stored =
  | { readonly kind: 'weight'; readonly shape: readonly number[]; readonly weight: string }
  | { readonly kind: 'constant'; readonly shape: readonly number[]; readonly constant: Constant };

type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** The axes of a [batch, height, width, channels] image in the order of ONNX, and back. */
export const TO_FIRST = [0, 3, 1, 2];
const TO_LAST = [0, 2, 3, 1];

/** Where a channels-first image has an axis of a [batch, height, width, channels] one. */
export const axisOf = (axis: number): number => TO_LAST[axis]!;

/**
 * A growing ONNX graph. Images are [batch, channels, height, width] in it, as ONNX's convolutions take them: a Transpose is only at the
 * input, at the output, and around an op that needs TensorFlow's order.
 */
export class OnnxBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, Initializer>();
  /** The name of the same image in the other order. */
  readonly #turned = new Map<string, string>();

  /** The graph's input, [batch, height, width, channels]. */
  input(shape: readonly number[]): Computed {
    const name = this.#turn(IMAGE, TO_FIRST);
    return { kind: 'computed', name, shape, channelsFirst: true };
  }

  /** Adds a node. @param shape of its output, in TensorFlow's order */
  add(op: string, inputs: readonly string[], attributes: Attributes, shape: readonly number[], channelsFirst: boolean) {
    const name = this.#add(op, inputs, attributes);
    return { kind: 'computed', name, shape, channelsFirst } satisfies Computed;
  }

  /** The name of a value of four axes as [batch, channels, height, width]. */
  image(operand: Operand): string {
    if (operand.kind !== 'computed') return this.stored(operand, TO_FIRST);
    return operand.channelsFirst ? operand.name : this.#turn(operand.name, TO_FIRST);
  }

  /** The name of a value with its axes as in TensorFlow. */
  plain(operand: Operand): string {
    if (operand.kind !== 'computed') return this.stored(operand);
    return operand.channelsFirst ? this.#turn(operand.name, TO_LAST) : operand.name;
  }

  /** The name of a value with its axes permuted, then seen as another shape if one is given: a kernel in ONNX's order. */
  permuted(operand: Operand, permutation: readonly number[], shape?: readonly number[]): string {
    if (operand.kind !== 'computed') return this.stored(operand, permutation, shape);
    const turned = this.#add('Transpose', [this.plain(operand)], { perm: intsOf(permutation) });
    return shape === undefined ? turned : this.#add('Reshape', [turned, this.integers(shape)], {});
  }

  /** The name of an initializer with a weight or constant. @param shape by default that of the permuted value */
  stored(
    operand: Stored,
    permutation: readonly number[] = operand.shape.map((_, axis) => axis),
    shape?: readonly number[],
  ): string {
    const content: Content =
      operand.kind === 'weight'
        ? { kind: 'weight', weight: operand.weight, permutation }
        : { kind: 'constant', constant: operand.constant, permutation };
    return this.#initializer(shape ?? permutation.map((axis) => operand.shape[axis]!), content);
  }

  /** The name of an initializer with int64 numbers: axes, sizes and the like. */
  integers(values: readonly number[]): string {
    return this.#initializer([values.length], { kind: 'int64', values });
  }

  /** The name of an initializer with float32 numbers; a scalar for a single number. */
  floats(values: number | readonly number[]): string {
    const shape = typeof values === 'number' ? [] : [values.length];
    return this.stored({ kind: 'constant', shape, constant: { shape, values: Float32Array.from([values].flat()) } });
  }

  /** The graph that gives `output` as [batch, height, width, channels], without what it does not need. */
  finish(output: Operand): OnnxGraph {
    const turned = output.kind === 'computed' && output.channelsFirst;
    const last: OnnxNode = turned
      ? { name: TRANSLATION, op: 'Transpose', inputs: [output.name], attributes: { perm: intsOf(TO_LAST) } }
      : { name: TRANSLATION, op: 'Identity', inputs: [this.plain(output)], attributes: {} };
    return usedOnly({ nodes: [...this.#nodes, last], initializers: [...this.#initializers.values()] });
  }

  #turn(name: string, permutation: readonly number[]): string {
    const known = this.#turned.get(name);
    if (known !== undefined) return known;
    const turned = this.#add('Transpose', [name], { perm: intsOf(permutation) });
    this.#turned.set(name, turned);
    this.#turned.set(turned, name);
    return turned;
  }

  #add(op: string, inputs: readonly string[], attributes: Attributes): string {
    const name = `#node${this.#nodes.length}`;
    this.#nodes.push({ name, op, inputs, attributes });
    return name;
  }

  #initializer(shape: readonly number[], content: Content): string {
    const values = content.kind === 'constant' ? { ...content, constant: digest(content.constant.values) } : content;
    const key = contentOf([shape, values]);
    const name = this.#initializers.get(key)?.name ?? `#initializer${this.#initializers.size}`;
    this.#initializers.set(key, { name, shape, content });
    return name;
  }
}
