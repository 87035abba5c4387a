import type { GraphNode } from '../../engine/graph/graph-def.js';
import { cannotExport } from './cannot-export.js';
import type { Conversion, Rule } from './conversion.js';
import { intOf, intsOf } from './graph.js';

/** Padding at the top, at the left, at the bottom, at the right: ONNX's order. */
type Pads = readonly [number, number, number, number];

/** x: [b, h, w, c]; kernel: [kh, kw, c / groups, out], in ONNX [out, c / groups, kh, kw]. */
const convolution: Rule = (node, conversion) => {
  const [x, kernel] = operands(node, conversion);
  const [kh, kw, from] = kernel.shape as [number, number, number];
  const attributes = {
    ...windowOf(node, [kh, kw], x.shape),
    group: intOf(x.shape[3]! / from),
  };
  const weight = conversion.builder.permuted(kernel, [3, 2, 0, 1]);
  return conversion.add(node, 'Conv', [conversion.image(node, 0), weight], attributes, true);
};

/** kernel: [kh, kw, c, multiplier], in ONNX [c multiplier, 1, kh, kw]: one group a channel. */
const depthwise: Rule = (node, conversion) => {
  const [x, kernel] = operands(node, conversion);
  const [kh, kw, channels, multiplier] = kernel.shape as [number, number, number, number];
  const attributes = { ...windowOf(node, [kh, kw], x.shape), group: intOf(channels) };
  const weight = conversion.builder.permuted(kernel, [2, 3, 0, 1], [channels * multiplier, 1, kh, kw]);
  return conversion.add(node, 'Conv', [conversion.image(node, 0), weight], attributes, true);
};

/**
 * The transposed convolution: inputs are the output's shape, the kernel [kh, kw, out, c], in ONNX [c, out, kh, kw], and x. TensorFlow
 * names the output's size; ONNX derives it: stride (side - 1) + kernel - padding + output_padding.
 */
const transposed: Rule = (node, conversion) => {
  const kernel = conversion.operand(node.inputs[1]!);
  const x = conversion.operand(node.inputs[2]!);
  const output = conversion.shape(node);
  const window = windowOf(node, kernel.shape.slice(0, 2), output);
  const [top, left, bottom, right] = window.pads.value;
  const missing = [top! + bottom!, left! + right!].map((padding, i) => {
    const reach = (kernel.shape[i]! - 1) * window.dilations.value[i]! + 1;
    return output[i + 1]! - ((x.shape[i + 1]! - 1) * window.strides.value[i]! + reach - padding);
  });
  const weight = conversion.builder.permuted(kernel, [3, 2, 0, 1]);
  const attributes = { ...window, ...(missing.some((one) => one !== 0) && { output_padding: intsOf(missing) }) };
  return conversion.add(node, 'ConvTranspose', [conversion.image(node, 2), weight], attributes, true);
};

const pool =
  (op: string): Rule =>
  (node, conversion) => {
    const x = conversion.operand(node.inputs[0]!);
    const sides = sidesOf(node, 'ksize');
    const { kernel_shape, strides, pads } = windowOf(node, sides, x.shape);
    // Only since opset 19 does AveragePool take dilations; TensorFlow's has none.
    return conversion.add(node, op, [conversion.image(node, 0)], { kernel_shape, strides, pads }, true);
  };

/** Ops that slide a window over an image. */
export const CONVOLUTIONS: Readonly<Record<string, Rule>> = {
  AvgPool: pool('AveragePool'),
  Conv2D: convolution,
  Conv2DBackpropInput: transposed,
  DepthwiseConv2dNative: depthwise,
  MaxPool: pool('MaxPool'),
};

function operands({ inputs }: GraphNode, conversion: Conversion) {
  return [conversion.operand(inputs[0]!), conversion.operand(inputs[1]!)] as const;
}

/** The attributes of a window of `kernel` over `image`, [b, h, w, c]. */
function windowOf(node: GraphNode, kernel: readonly number[], image: readonly number[]) {
  const { attributes } = node;
  if ((attributes['data_format']?.value ?? 'NHWC') !== 'NHWC')
    throw cannotExport(`has the op ${node.op} with channels first`);
  const strides = sidesOf(node, 'strides');
  const dilations = attributes['dilations'] === undefined ? [1, 1] : sidesOf(node, 'dilations');
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    pads: ints(padsOf(node, kernel, strides, dilations, image)),
  };
}

const ints = (value: readonly number[]) => ({ kind: 'ints', value }) as const;

/** The height and the width of an attribute [1, height, width, 1]. */
function sidesOf({ attributes }: GraphNode, name: string): readonly number[] {
  return (attributes[name]!.value as readonly number[]).slice(1, 3);
}

function padsOf(
  { op, attributes }: GraphNode,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
  image: readonly number[],
): Pads {
  const padding = attributes['padding']!.value;
  if (padding === 'VALID') return [0, 0, 0, 0];
  if (padding === 'EXPLICIT') {
    const [, , top, bottom, left, right] = attributes['explicit_paddings']!.value as readonly number[];
    return [top!, left!, bottom!, right!];
  }
  if (padding !== 'SAME') throw cannotExport(`has the op ${op} with a padding of another kind`);
  // As much as the windows of ceil(side / stride) positions need; an odd one is at the end.
  const [rows, columns] = kernel.map((size, i) => {
    const side = image[i + 1]!;
    const reach = (size - 1) * dilations[i]! + 1;
    return Math.max(0, (Math.ceil(side / strides[i]!) - 1) * strides[i]! + reach - side);
  }) as [number, number];
  const [top, left] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  return [top, left, rows - top, columns - left];
}
