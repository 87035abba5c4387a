import { sizeOf, type DType } from './graph-def.js';
import type { KnownTensor, ShapeRule } from './shapes.js';

/** One output of the shape; undefined if the shape is. */
const one = (dtype: DType, shape: readonly number[] | undefined): KnownTensor[] | undefined =>
  shape && [{ dtype, shape }];

export const same: ShapeRule = ([x]) => one(x!.dtype, x!.shape);
export const predicate: ShapeRule = ([x]) => one('bool', x!.shape);
export const cast: ShapeRule = ([x], { DstT }) => one(DstT!.value as DType, x!.shape);

export const binary: ShapeRule = ([a, b]) => {
  return a!.dtype === b!.dtype ? one(a!.dtype, broadcast(a!.shape, b!.shape)) : undefined;
};
export const floatBinary: ShapeRule = (inputs, attributes) => {
  return inputs[0]!.dtype === 'float32' ? binary(inputs, attributes) : undefined;
};
export const comparison: ShapeRule = ([a, b]) => {
  return a!.dtype === b!.dtype ? one('bool', broadcast(a!.shape, b!.shape)) : undefined;
};
export const gradient: ShapeRule = ([a, b]) => (equal(a!.shape, b!.shape) ? one(a!.dtype, a!.shape) : undefined);

/** Replaces rows of x, [n, ...]: indices [k, 1], updates [k, ...]. */
export const scatterUpdate: ShapeRule = ([x, indices, updates]) => {
  const [rows, depth] = indices!.shape;
  const fits = indices!.shape.length === 2 && depth === 1 && x!.dtype === updates!.dtype;
  return fits && equal(updates!.shape, [rows!, ...x!.shape.slice(1)]) ? one(x!.dtype, x!.shape) : undefined;
};

export const reduction: ShapeRule = ([x, axes], { keep_dims }) => {
  const reduced = integers(axes!)?.map((axis) => place(axis, x!.shape));
  if (reduced === undefined || reduced.includes(undefined)) return undefined;
  const kept = keep_dims?.value === true ? [1] : [];
  return one(
    x!.dtype,
    x!.shape.flatMap((side, i) => (reduced.includes(i) ? kept : [side])),
  );
};

/** [..., n, k] times [..., k, m], either of them may be transposed. */
export const matrixProduct: ShapeRule = ([a, b], { adj_x, adj_y }) => {
  if (a!.dtype !== b!.dtype || a!.shape.length < 2 || b!.shape.length < 2) return undefined;
  const [n, k] = adj_x?.value === true ? a!.shape.slice(-2).reverse() : a!.shape.slice(-2);
  const [l, m] = adj_y?.value === true ? b!.shape.slice(-2).reverse() : b!.shape.slice(-2);
  const batch = broadcast(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
  return one(a!.dtype, batch && k === l ? [...batch, n!, m!] : undefined);
};

/** [m, n] to [m, n] and [n, n], of a matrix that is not wider than high. */
export const qr: ShapeRule = ([x], { full_matrices }) => {
  const [m, n] = x!.shape as [number, number];
  if (x!.shape.length !== 2 || m < n || full_matrices?.value === true) return undefined;
  return [...one(x!.dtype, [m, n])!, ...one(x!.dtype, [n, n])!];
};

/** x: [b, h, w, c]; kernel: [kh, kw, c / groups, out]. */
export const conv2d: ShapeRule = ([x, kernel], { strides, padding, dilations, data_format }) => {
  const fits = x!.shape.length === 4 && kernel!.shape.length === 4 && x!.dtype === kernel!.dtype;
  if (!fits || (data_format !== undefined && data_format.value !== 'NHWC')) return undefined;
  const groups = x!.shape[3]! / kernel!.shape[2]!;
  if (!Number.isInteger(groups) || kernel!.shape[3]! % groups !== 0) return undefined;
  const [height, width] = [1, 2].map((axis) => {
    const stride = (strides!.value as number[])[axis]!;
    const dilation = (dilations?.value as number[] | undefined)?.[axis] ?? 1;
    const reach = (kernel!.shape[axis - 1]! - 1) * dilation + 1;
    const side = x!.shape[axis]!;
    if (padding!.value === 'SAME') return Math.ceil(side / stride);
    return padding!.value === 'VALID' ? Math.ceil((side - reach + 1) / stride) : 0;
  }) as [number, number];
  return one(x!.dtype, height > 0 && width > 0 ? [x!.shape[0]!, height, width, kernel!.shape[3]!] : undefined);
};

/** x: [b, h, w, c]; kernel: [kh, kw, c, multiplier]: one group a channel. */
export const depthwiseConv2d: ShapeRule = ([x, kernel], attributes) => {
  const [height, width, channels, multiplier] = kernel!.shape;
  if (kernel!.shape.length !== 4 || x!.shape[3] !== channels) return undefined;
  const grouped = { dtype: kernel!.dtype, shape: [height!, width!, 1, channels! * multiplier!] };
  return conv2d([x!, grouped], attributes);
};

/** Each channel by itself: the shapes of a convolution with `ksize`. */
export const pool: ShapeRule = ([x], { ksize, ...attributes }) => {
  const [batch, height, width, channels] = ksize!.value as number[];
  if (batch !== 1 || channels !== 1) return undefined;
  return depthwiseConv2d([x!, { dtype: x!.dtype, shape: [height!, width!, x!.shape[3]!, 1] }], attributes);
};

/** Defined if a convolution of the shapes gives the shape of dy. */
export const conv2dInputGradient: ShapeRule = ([shape, kernel, dy], attributes) => {
  const wanted = integers(shape!);
  return wanted && convolves({ dtype: dy!.dtype, shape: wanted }, kernel!, dy!, attributes)
    ? one(dy!.dtype, wanted)
    : undefined;
};
export const conv2dFilterGradient: ShapeRule = ([x, shape, dy], attributes) => {
  const wanted = integers(shape!);
  return wanted && convolves(x!, { dtype: dy!.dtype, shape: wanted }, dy!, attributes)
    ? one(dy!.dtype, wanted)
    : undefined;
};
function convolves(x: KnownTensor, kernel: KnownTensor, y: KnownTensor, attributes: Parameters<ShapeRule>[1]): boolean {
  const [expected] = conv2d([x, kernel], attributes) ?? [];
  return expected !== undefined && expected.dtype === y.dtype && equal(expected.shape, y.shape);
}

/** The last output is reserved space for the gradient's kernel; its shape is never used. */
export const batchNorm: ShapeRule = ([x, scale, offset], { data_format, is_training }) => {
  if (!perChannel([x, scale, offset]) || data_format?.value !== 'NHWC' || is_training?.value !== true) return undefined;
  const statistics: KnownTensor = { dtype: 'float32', shape: scale!.shape };
  return [...one(x!.dtype, x!.shape)!, statistics, statistics, statistics, statistics, UNUSED];
};
export const batchNormGradient: ShapeRule = ([dy, x, scale], { data_format, is_training }) => {
  const fits = equal(dy!.shape, x!.shape) && perChannel([x, scale]);
  if (!fits || data_format?.value !== 'NHWC' || is_training?.value !== true) return undefined;
  const channels: KnownTensor = { dtype: 'float32', shape: scale!.shape };
  return [...one(x!.dtype, x!.shape)!, channels, channels, UNUSED, UNUSED];
};
const UNUSED: KnownTensor = { dtype: 'float32', shape: [] };
const perChannel = ([x, ...rest]: readonly (KnownTensor | undefined)[]): boolean =>
  x!.shape.length === 4 && rest.every((one) => equal(one!.shape, x!.shape.slice(3)));

export const pad: ShapeRule = ([x, paddings]) => {
  const sides = sidesOf(x!, paddings!);
  const shape = sides && x!.shape.map((side, i) => side + sides[i]![0] + sides[i]![1]);
  return one(x!.dtype, shape);
};
/** Pads at most by the size of the input, or (REFLECT) by one less, without the border. */
export const mirrorPad: ShapeRule = ([x, paddings], { mode }) => {
  const sides = sidesOf(x!, paddings!);
  const border = mode!.value === 'REFLECT' ? 1 : 0;
  const fits = sides?.every((pair, i) => Math.max(...pair) <= x!.shape[i]! - border);
  return fits === true ? pad([x!, paddings!], {}) : undefined;
};
export const mirrorPadGradient: ShapeRule = ([dy, paddings], attributes) => {
  const sides = sidesOf(dy!, paddings!);
  const shape = sides && dy!.shape.map((side, i) => side - sides[i]![0] - sides[i]![1]);
  const dx = shape && { dtype: dy!.dtype, shape };
  return dx && mirrorPad([dx, paddings!], attributes) && [dx];
};
/** The padding before and after, for each axis. */
function sidesOf(x: KnownTensor, paddings: KnownTensor): (readonly [number, number])[] | undefined {
  const sides = integers(paddings);
  if (sides === undefined || sides.length !== 2 * x.shape.length || sides.some((side) => side < 0)) return undefined;
  return x.shape.map((_, i) => [sides[2 * i]!, sides[2 * i + 1]!]);
}

export const concat: ShapeRule = (inputs) => {
  const parts = inputs.slice(0, -1);
  const [{ dtype, shape }] = parts as [KnownTensor];
  const axis = place(integers(inputs.at(-1)!)?.[0], shape);
  if (axis === undefined) return undefined;
  const rest = (sides: readonly number[]) => sides.map((side, i) => (i === axis ? 0 : side));
  if (!parts.every((part) => part.dtype === dtype && equal(rest(part.shape), rest(shape)))) return undefined;
  return one(dtype, shape.with(axis, parts.reduce((sum, part) => sum + part.shape[axis]!, 0))); // prettier-ignore
};

/** A size of -1 means the rest. */
export const slice: ShapeRule = ([x, begin, size]) => {
  const [from, sides] = [integers(begin!), integers(size!)];
  if (from?.length !== x!.shape.length || sides?.length !== x!.shape.length) return undefined;
  const shape = sides.map((side, i) => (side === -1 ? x!.shape[i]! - from[i]! : side));
  const inside = shape.every((side, i) => from[i]! >= 0 && side >= 0 && from[i]! + side <= x!.shape[i]!);
  return inside ? one(x!.dtype, shape) : undefined;
};

/** One side may be -1: the remaining size. */
export const reshape: ShapeRule = ([x, wanted]) => {
  const sides = integers(wanted!);
  if (sides === undefined) return undefined;
  const known = sizeOf(sides.filter((side) => side !== -1));
  const shape = sides.map((side) => (side === -1 ? sizeOf(x!.shape) / known : side));
  const fits = sizeOf(shape) === sizeOf(x!.shape) && shape.every((side) => Number.isInteger(side) && side >= 0);
  return fits && sides.filter((side) => side === -1).length <= 1 ? one(x!.dtype, shape) : undefined;
};

export const transpose: ShapeRule = ([x, permutation]) => {
  const axes = integers(permutation!);
  const fits = axes?.length === x!.shape.length && x!.shape.every((_, i) => axes.includes(i));
  return fits ? one(x!.dtype, axes.map((axis) => x!.shape[axis]!)) : undefined; // prettier-ignore
};

export const broadcastTo: ShapeRule = ([x, wanted]) => {
  const shape = integers(wanted!);
  return shape && equal(broadcast(x!.shape, shape), shape) ? one(x!.dtype, shape) : undefined;
};
/** The condition has the same shape, or is a scalar, or has one value for each row. */
export const select: ShapeRule = ([condition, a, b]) => {
  const { dtype, shape } = condition!;
  const fits = equal(shape, a!.shape) || shape.length === 0 || (shape.length === 1 && shape[0] === a!.shape[0]);
  const alike = dtype === 'bool' && a!.dtype === b!.dtype && equal(a!.shape, b!.shape);
  return fits && alike ? one(a!.dtype, a!.shape) : undefined;
};

/** Counts each number below `size`; without weights. */
export const bincount: ShapeRule = ([x, size, weights]) => {
  const counted = x!.dtype === 'int32' && size!.shape.length === 0 && equal(weights!.shape, [0]);
  return counted ? one(weights!.dtype, sizes(size!)) : undefined;
};

export const fill: ShapeRule = ([dims, value]) =>
  value!.shape.length === 0 ? one(value!.dtype, sizes(dims!)) : undefined;
export const statelessRandom: ShapeRule = ([dims, key], { dtype }) => {
  return equal(key!.shape, [2]) ? one(dtype!.value as DType, sizes(dims!)) : undefined;
};

/** The values of a constant; undefined where they are not known or not int32. */
function integers({ dtype, values }: KnownTensor): readonly number[] | undefined {
  return dtype === 'int32' && values !== undefined ? Array.from(values as Int32Array) : undefined;
}

/** The shape in a constant. */
function sizes(constant: KnownTensor): readonly number[] | undefined {
  const shape = integers(constant);
  return shape?.every((side) => side >= 0) === true ? shape : undefined;
}

/** A non-negative axis, also from a negative one; undefined where there is none. */
function place(axis: number | undefined, { length }: readonly number[]): number | undefined {
  if (axis === undefined || axis < -length || axis >= length) return undefined;
  return axis < 0 ? axis + length : axis;
}

const equal = (a: readonly number[] | undefined, b: readonly number[]): boolean =>
  a !== undefined && a.length === b.length && a.every((side, i) => side === b[i]);

/** Broadcasts as NumPy: sides of 1 are repeated. */
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
