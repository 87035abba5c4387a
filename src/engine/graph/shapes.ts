import { sizeOf, type Attribute, type DType, type Values } from './graph-def.js';

/** What is known of a tensor while a function is traced: `values` only of a constant. */
export interface Known {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values?: Values;
}
export type Attributes = Readonly<Record<string, Attribute>>;

/**
 * The outputs of an op, or undefined where this table does not know it; then TensorFlow itself is asked, which computes. The table is
 * of the ops whose tensors are large: tracing a step costs a fraction of a second instead of several, and no memory. The formulas
 * are those of TensorFlow's op definitions (tensorflow/core/framework/common_shape_fns.cc); tests compare each with the real op.
 */
export function inferOutputs(op: string, inputs: readonly Known[], attributes: Attributes): Known[] | undefined {
  return RULES[op]?.(inputs, attributes);
}

type Rule = (inputs: readonly Known[], attributes: Attributes) => Known[] | undefined;

const like: Rule = ([x]) => [{ dtype: x!.dtype, shape: x!.shape }];
const likeSecond: Rule = ([, x]) => [{ dtype: x!.dtype, shape: x!.shape }];

const binary: Rule = ([a, b]) => {
  const shape = broadcast(a!.shape, b!.shape);
  return shape && [{ dtype: a!.dtype, shape }];
};
const comparison: Rule = ([a, b]) => {
  const shape = broadcast(a!.shape, b!.shape);
  return shape && [{ dtype: 'bool', shape }];
};

const reduction: Rule = ([x, axes], { keep_dims }) => {
  const reduced = integers(axes!)?.map((axis) => (axis < 0 ? axis + x!.shape.length : axis));
  if (reduced === undefined) return undefined;
  const keep = keep_dims?.value === true;
  const shape = x!.shape.flatMap((side, i) => (reduced.includes(i) ? (keep ? [1] : []) : [side]));
  return [{ dtype: x!.dtype, shape }];
};

/** Of the shape that an input gives as a constant. */
const shaped =
  (which: number, dtype: (inputs: readonly Known[], attributes: Attributes) => DType): Rule =>
  (inputs, attributes) => {
    const shape = integers(inputs[which]!);
    return shape && [{ dtype: dtype(inputs, attributes), shape }];
  };
const firstType = ([x]: readonly Known[]): DType => x!.dtype;
const attributeType =
  (name: string) =>
  (_: readonly Known[], attributes: Attributes): DType =>
    attributes[name]!.value as DType;

const conv2d: Rule = ([x, kernel], { strides, padding, dilations, data_format }) => {
  if (data_format !== undefined && data_format.value !== 'NHWC') return undefined;
  const [height, width] = [1, 2].map((axis) => {
    const stride = (strides!.value as number[])[axis]!;
    const reach = (kernel!.shape[axis - 1]! - 1) * ((dilations?.value as number[] | undefined)?.[axis] ?? 1) + 1;
    const side = x!.shape[axis]!;
    if (padding!.value === 'SAME') return Math.ceil(side / stride);
    return padding!.value === 'VALID' ? Math.ceil((side - reach + 1) / stride) : undefined;
  });
  if (height === undefined || width === undefined) return undefined;
  return [{ dtype: x!.dtype, shape: [x!.shape[0]!, height, width, kernel!.shape[3]!] }];
};

/** The last two inputs of its own: reserved space that only its gradient reads, empty on the CPU. */
const batchNorm: Rule = ([x, scale]) => {
  const perChannel = { dtype: 'float32' as const, shape: scale!.shape };
  return [{ dtype: x!.dtype, shape: x!.shape }, perChannel, perChannel, perChannel, perChannel, EMPTY];
};
const batchNormGradient: Rule = ([, x, scale]) => {
  const perChannel = { dtype: 'float32' as const, shape: scale!.shape };
  return [{ dtype: x!.dtype, shape: x!.shape }, perChannel, perChannel, EMPTY, EMPTY];
};
const EMPTY: Known = { dtype: 'float32', shape: [0] };

const pad =
  (sign: 1 | -1): Rule =>
  ([x, paddings]) => {
    const sides = integers(paddings!);
    return (
      sides && [
        { dtype: x!.dtype, shape: x!.shape.map((side, i) => side + sign * (sides[2 * i]! + sides[2 * i + 1]!)) },
      ]
    );
  };

const concat: Rule = (inputs) => {
  const parts = inputs.slice(0, -1);
  const [axis] = integers(inputs.at(-1)!) ?? [];
  if (axis === undefined) return undefined;
  const [first] = parts;
  const at = axis < 0 ? axis + first!.shape.length : axis;
  const total = parts.reduce((sum, part) => sum + part.shape[at]!, 0);
  return [{ dtype: first!.dtype, shape: first!.shape.map((side, i) => (i === at ? total : side)) }];
};

const slice: Rule = ([x, begin, size]) => {
  const [from, sides] = [integers(begin!), integers(size!)];
  if (from === undefined || sides === undefined) return undefined;
  return [{ dtype: x!.dtype, shape: sides.map((side, i) => (side === -1 ? x!.shape[i]! - from[i]! : side)) }];
};

const reshape: Rule = ([x, shape]) => {
  const sides = integers(shape!);
  if (sides === undefined) return undefined;
  const known = sizeOf(sides.filter((side) => side !== -1));
  return [{ dtype: x!.dtype, shape: sides.map((side) => (side === -1 ? sizeOf(x!.shape) / known : side)) }];
};

const UNARY = ['Abs', 'Exp', 'Identity', 'LeakyRelu', 'Log', 'Neg', 'OnesLike', 'Relu', 'Round', 'Rsqrt', 'Sigmoid', 'Sign', 'Softplus', 'Sqrt', 'Square', 'Tanh', 'ZerosLike']; // prettier-ignore
const BINARY = ['Add', 'AddV2', 'Div', 'Maximum', 'Minimum', 'Mul', 'Pow', 'RealDiv', 'SquaredDifference', 'Sub'];
const COMPARISON = ['Equal', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'NotEqual'];
const REDUCTION = ['Max', 'Mean', 'Min', 'Prod', 'Sum'];

const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(UNARY.map((op) => [op, like])),
  ...Object.fromEntries(BINARY.map((op) => [op, binary])),
  ...Object.fromEntries(COMPARISON.map((op) => [op, comparison])),
  ...Object.fromEntries(REDUCTION.map((op) => [op, reduction])),
  BroadcastTo: shaped(1, firstType),
  Cast: ([x], attributes) => [{ dtype: attributeType('DstT')([], attributes), shape: x!.shape }],
  ConcatV2: concat,
  Conv2D: conv2d,
  Conv2DBackpropFilter: shaped(1, firstType),
  Conv2DBackpropInput: shaped(0, ([, x]) => x!.dtype),
  Fill: shaped(0, ([, value]) => value!.dtype),
  FusedBatchNormV3: batchNorm,
  FusedBatchNormGradV3: batchNormGradient,
  LeakyReluGrad: like,
  MirrorPad: pad(1),
  MirrorPadGrad: pad(-1),
  Pad: pad(1),
  PadV2: pad(1),
  ReluGrad: like,
  Reshape: reshape,
  Slice: slice,
  StatelessRandomNormal: shaped(0, attributeType('dtype')),
  StatelessRandomUniform: shaped(0, attributeType('dtype')),
  TanhGrad: likeSecond,
};

/** The ops of the table, for the tests. */
export const INFERRED = Object.keys(RULES);

function integers({ dtype, values }: Known): readonly number[] | undefined {
  return dtype === 'int32' && values !== undefined ? Array.from(values as Int32Array) : undefined;
}

/** As NumPy: sides of 1 stretch. Undefined where the shapes do not fit; TensorFlow then says so in its own words. */
function broadcast(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const side = (shape: readonly number[], i: number) => shape[i - rank + shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, i) => {
    const [p, q] = [side(a, i), side(b, i)];
    if (p !== q && p !== 1 && q !== 1) return undefined;
    return p === 1 ? q : p;
  });
  return shape.every((s) => s !== undefined) ? shape : undefined;
}
