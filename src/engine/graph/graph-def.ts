/**
 * A TensorFlow graph as plain data: the result of a trace, and the source of SavedModels and TF.js GraphModels. The names follow
 * tensorflow/core/framework/{graph,node_def,attr_value}.proto.
 */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** `node`, `node:1` for its second output, `^node` for "after this node". */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** `/device:GPU:1`; by default TensorFlow chooses. */
  readonly device?: string | undefined;
}

export type DType = 'float32' | 'bfloat16' | 'int32' | 'int64' | 'uint8' | 'bool' | 'string' | 'complex64' | 'resource';

export type Attribute =
  | { readonly kind: 'type'; readonly value: DType }
  | { readonly kind: 'types'; readonly value: readonly DType[] }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'shapes'; readonly value: readonly (readonly number[])[] }
  /** The name of a {@link GraphFunction}. */
  | { readonly kind: 'function'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: ConstantTensor };

/** `values`: numbers as a typed array of the dtype (booleans as bytes), strings as a list. */
export interface ConstantTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: Values;
}
export type Values = Float32Array | Int32Array | Uint8Array | readonly string[];

/** A function that ops of a graph call by its name. */
export interface GraphFunction {
  readonly name: string;
  readonly inputs: readonly Argument[];
  /** `ref`: the value in the body. */
  readonly outputs: readonly (Argument & { readonly ref: string })[];
  /**
   * Their inputs are written otherwise than in a graph: an argument by its name, and a node's output by the name that its op gives it, and a number:
   * `DecodeImage:image:0`.
   */
  readonly body: Iterable<GraphNode>;
}
export interface Argument {
  readonly name: string;
  readonly dtype: DType;
}

/** A tensor that the session stores between runs. `handle` is the node of the variable itself, not of its value. */
export interface Variable {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly handle: string;
}

/** The reference, type and shape of an input or output of a graph. */
export interface Endpoint {
  /** `node:0` */
  readonly ref: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export const typeOf = (value: DType): Attribute => ({ kind: 'type', value });
export const typesOf = (value: readonly DType[]): Attribute => ({ kind: 'types', value });
export const shapeOf = (value: readonly number[]): Attribute => ({ kind: 'shape', value });
export const shapesOf = (value: readonly (readonly number[])[]): Attribute => ({ kind: 'shapes', value });
export const functionOf = (value: string): Attribute => ({ kind: 'function', value });
export const stringOf = (value: string): Attribute => ({ kind: 'string', value });
export const intOf = (value: number): Attribute => ({ kind: 'int', value });
export const intsOf = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const floatOf = (value: number): Attribute => ({ kind: 'float', value });
export const boolOf = (value: boolean): Attribute => ({ kind: 'bool', value });

/** The number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, side) => size * side, 1);

/** The reference to an output of a node, counted from 0: the inverse of {@link nodeOf}. */
export const outputOf = (node: string, index: number): string => (index === 0 ? node : `${node}:${index}`);

/** The name of the node in an input: `^a` and `a:1` both name `a`. */
export const nodeOf = (input: string): string => input.replace(/^\^/, '').replace(/:\d+$/, '');
