import type { GraphNode } from '../../engine/graph/graph-def.js';
import { sizeOf } from '../../engine/graph/graph-def.js';
import { axisOf, TO_FIRST, type Operand } from './builder.js';
import { cannotExport } from './cannot-export.js';
import type { Conversion, Rule } from './conversion.js';
import { intOf, intsOf, stringOf } from './graph.js';

/** The end of an axis of any size. Within 32 bits, as some runtimes reject or warn of more. */
const END = 2 ** 31 - 1;

const identity: Rule = ({ inputs }, conversion) => conversion.operand(inputs[0]!);

const cast: Rule = ({ inputs, attributes: { SrcT, DstT } }, conversion) => {
  if (SrcT!.value === DstT!.value) return conversion.operand(inputs[0]!);
  throw cannotExport('has the op Cast to numbers of another type');
};

const fill: Rule = (node, conversion) => {
  const shape = conversion.integers(node, 0);
  const values = new Float32Array(sizeOf(shape)).fill(conversion.number(node, 1));
  return { kind: 'constant', shape, constant: { shape, values } };
};

/** Sides that stay are written as 0, "as it is": they may be of any size then. */
const reshape: Rule = (node, conversion) => {
  const x = conversion.operand(node.inputs[0]!);
  const shape = conversion.shape(node);
  if (shape.join() === x.shape.join()) return x;
  const sides = shape.map((side, i) => (side === x.shape[i] ? 0 : side));
  const inputs = [conversion.builder.plain(x), conversion.builder.integers(sides)];
  return conversion.add(node, 'Reshape', inputs, {}, false);
};

const transpose: Rule = (node, conversion) => {
  const x = conversion.operand(node.inputs[0]!);
  const axes = conversion.integers(node, 1);
  const perm = intsOf(axes);
  return conversion.add(node, 'Transpose', [conversion.builder.plain(x)], { perm }, false);
};

const concat: Rule = (node, conversion) => {
  const { builder } = conversion;
  const parts = node.inputs.slice(0, -1).map((ref) => conversion.operand(ref));
  const rank = parts[0]!.shape.length;
  const axis = (conversion.integers(node, parts.length)[0]! + rank) % rank;
  const first = parts.some(isChannelsFirst);
  const names = parts.map((part) => (first ? builder.image(part) : builder.plain(part)));
  return conversion.add(node, 'Concat', names, { axis: intOf(first ? axisOf(axis) : axis) }, first);
};

/**
 * An end that leaves fewer numbers than it keeps is counted from the end of the axis, and the end itself is endless, so that a crop fits
 * images of any size.
 */
const slice: Rule = (node, conversion) => {
  const { builder } = conversion;
  const x = conversion.operand(node.inputs[0]!);
  const starts = conversion.integers(node, 1);
  const sizes = conversion.shape(node);
  const cut = x.shape.flatMap((side, axis) => {
    const [start, end] = [starts[axis]!, starts[axis]! + sizes[axis]!];
    if (start === 0 && end === side) return [];
    const left = side - end;
    return [{ axis, start, end: left === 0 ? END : left < end ? -left : end }];
  });
  if (cut.length === 0) return x;
  const first = isChannelsFirst(x);
  const inputs = [
    first ? builder.image(x) : builder.plain(x),
    builder.integers(cut.map(({ start }) => start)),
    builder.integers(cut.map(({ end }) => end)),
    builder.integers(cut.map(({ axis }) => (first ? axisOf(axis) : axis))),
  ];
  return conversion.add(node, 'Slice', inputs, {}, first);
};

const pad =
  (mode: 'constant' | 'reflect'): Rule =>
  (node, conversion) => {
    const { builder } = conversion;
    if (mode === 'reflect' && node.attributes['mode']!.value !== 'REFLECT') {
      throw cannotExport('has the op MirrorPad that repeats the border (symmetric)');
    }
    const x = conversion.operand(node.inputs[0]!);
    const sides = conversion.integers(node, 1);
    const first = isChannelsFirst(x);
    const axes = first ? TO_FIRST : x.shape.map((_, axis) => axis);
    const pads = [...axes.map((axis) => sides[2 * axis]!), ...axes.map((axis) => sides[2 * axis + 1]!)];
    const value = mode === 'constant' ? [builder.floats(conversion.number(node, 2))] : [];
    const inputs = [first ? builder.image(x) : builder.plain(x), builder.integers(pads), ...value];
    return conversion.add(node, 'Pad', inputs, { mode: stringOf(mode) }, first);
  };

const resize =
  (mode: 'nearest' | 'linear'): Rule =>
  (node, conversion) => {
    const { builder } = conversion;
    const { shape } = conversion.operand(node.inputs[0]!);
    const [, height, width] = conversion.shape(node);
    const scales = [height! / shape[1]!, width! / shape[2]!];
    const x = conversion.image(node, 0);
    // The region of interest and, if the scales are not exact, the scales are left out.
    const inputs = scales.every(Number.isInteger)
      ? [x, '', builder.floats([1, 1, ...scales])]
      : [x, '', '', builder.integers([shape[0]!, shape[3]!, height!, width!])];
    const corners = node.attributes['align_corners']?.value === true;
    const halves = node.attributes['half_pixel_centers']?.value === true;
    const attributes = {
      mode: stringOf(mode),
      coordinate_transformation_mode: stringOf(corners ? 'align_corners' : halves ? 'half_pixel' : 'asymmetric'),
      ...(mode === 'nearest' && { nearest_mode: stringOf(corners || halves ? 'round_prefer_ceil' : 'floor') }),
    };
    return conversion.add(node, 'Resize', inputs, attributes, true);
  };

/** Each pixel's channels are the pixels of a block, row by row. */
const depthToSpace: Rule = (node, conversion) => {
  const blocksize = intOf(node.attributes['block_size']!.value as number);
  return conversion.add(node, 'DepthToSpace', [conversion.image(node, 0)], { blocksize, mode: stringOf('DCR') }, true);
};

const matrixProduct: Rule = (node, conversion) => {
  const [a, b] = [side(node, conversion, 0, 'adj_x'), side(node, conversion, 1, 'adj_y')];
  return conversion.add(node, 'MatMul', [a, b], {}, false);
};

/** A matrix of a product, or many; the last two axes may be meant in the other order. */
function side({ inputs, attributes }: GraphNode, conversion: Conversion, index: number, turned: string): string {
  const x = conversion.operand(inputs[index]!);
  if (attributes[turned]?.value !== true) return conversion.builder.plain(x);
  const axes = x.shape.map((_, axis) => axis);
  return conversion.builder.permuted(x, [...axes.slice(0, -2), ...axes.slice(-2).toReversed()]);
}

const isChannelsFirst = (operand: Operand): boolean => operand.kind === 'computed' && operand.channelsFirst;

/** Ops that move numbers, and products of matrices. */
export const REARRANGING: Readonly<Record<string, Rule>> = {
  BatchMatMulV2: matrixProduct,
  Cast: cast,
  ConcatV2: concat,
  DepthToSpace: depthToSpace,
  Fill: fill,
  Identity: identity,
  MirrorPad: pad('reflect'),
  PadV2: pad('constant'),
  Reshape: reshape,
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighbor: resize('nearest'),
  Slice: slice,
  Transpose: transpose,
};
