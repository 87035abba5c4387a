import type { Attribute } from '../../engine/graph/graph-def.js';

/** An ONNX graph as plain data (https://onnx.ai/onnx/repo-docs/IR.html); weights are references into the generator's. */
export interface OnnxGraph {
  /** Inputs before their uses. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
}

/** Each node has one output, which has its name. */
export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  /** Names of nodes, of initializers or of the graph's input; empty for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export type OnnxAttribute = Extract<Attribute, { readonly kind: 'int' | 'ints' | 'float' | 'string' }>;

export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly content: Content;
}

/**
 * The axes of `constant` and of the generator's weight `weight` are permuted, then its numbers are seen as the initializer's shape.
 * `half`: stored in half precision.
 */
export type Content =
  | { readonly kind: 'int64'; readonly values: readonly number[] }
  | { readonly kind: 'constant'; readonly constant: Constant; readonly permutation: readonly number[] }
  | {
      readonly kind: 'weight';
      readonly weight: string;
      readonly permutation: readonly number[];
      readonly half?: boolean;
    };

export interface Constant {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export const intsOf = (value: readonly number[]): OnnxAttribute => ({ kind: 'ints', value });
export const intOf = (value: number): OnnxAttribute => ({ kind: 'int', value });
export const floatOf = (value: number): OnnxAttribute => ({ kind: 'float', value });
export const stringOf = (value: string): OnnxAttribute => ({ kind: 'string', value });
