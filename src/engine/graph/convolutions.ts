import type { Convolutions } from '../../support/processor.js';
import { boolOf, intOf, intsOf, nodeOf, sizeOf, stringOf, typeOf } from './graph-def.js';
import type { Graph } from './recorded-graph.js';
import type { KnownTensor, ShapeAttributes } from './shapes.js';

/** Images have three channels, four with alpha; logits one. A vector instruction computes several channels of a result, of which there are few. */
export const FEW_CHANNELS = 4;
/** With fewer channels the other kernel has too little to add up. */
const LEAST_CHANNELS = 16;
/** Numbers that a matrix of all patches has, from which on it does not stay in the cache. */
const MANY = 1e6;
/** How many times as many as the filter, which the other kernel needs in another order. */
const MORE_THAN_FILTER = 4;

/**
 * Adds a convolution, or the gradient of one with respect to its filter, in another form, where TensorFlow computes that faster on a processor. The
 * same sums, in another order: see {@link asImageGradient} and {@link asProducts}.
 *
 * @param refs references of the inputs @param inputs their known properties @param result that of the output
 * @returns a reference to the result; undefined where there is nothing to gain
 */
export function fasterConvolution(
  graph: Graph,
  convolutions: Convolutions,
  op: string,
  refs: readonly string[],
  inputs: readonly KnownTensor[],
  attributes: ShapeAttributes,
  result: KnownTensor,
): string | undefined {
  return FORMS[op]?.(graph, convolutions, refs, inputs, attributes, result);
}

const FORMS: Readonly<Record<string, typeof asImageGradient>> = {
  Conv2D: asImageGradient,
  Conv2DBackpropFilter: asProducts,
};

/**
 * Adds a convolution as the gradient of another one with respect to its image, where TensorFlow has a faster kernel for that. The same sums: with the
 * filter's rows, columns and channels reversed, and the rest of the padding (Dumoulin and Visin 2016, arXiv:1603.07285, section 4).
 *
 * - On AVX2, TensorFlow's forward convolutions by oneDNN write all patches of an image into a matrix and multiply it, as TensorFlow keeps the filter in
 *   its own order. The gradient multiplies each pixel by the filter and adds up the patches. Measured, 256 to 256 channels of 64 x 64 pixels: 31 ms in
 *   place of 75.
 * - On AVX-512, too, convolutions to a few channels: 64 to 3 channels of 256 x 256 pixels: 23 ms in place of 59, on AVX2 16 in place of 102.
 */
function asImageGradient(
  graph: Graph,
  convolutions: Convolutions,
  [image, filter]: readonly string[],
  inputs: readonly KnownTensor[],
  attributes: ShapeAttributes,
  result: KnownTensor,
): string | undefined {
  const [from, kernel, to] = [inputs[0]!.shape, inputs[1]!.shape, result.shape];
  const [height, width] = kernel as [number, number];
  if (!isPlain(attributes) || !isFaster(convolutions, kernel, to)) return undefined;

  const ints = intsIn(graph);
  const turned = graph.add('ReverseV2', [filter!, ints(0, 1)], { ...FLOAT, Tidx: INT });
  const swapped = graph.add('Transpose', [turned, ints(0, 1, 3, 2)], { ...FLOAT, Tperm: INT });
  const around = [...rest(height, from[1]!, to[1]!), ...rest(width, from[2]!, to[2]!)];
  return graph.add('Conv2DBackpropInput', [ints(...to), swapped, image!], {
    ...attributes,
    padding: stringOf('EXPLICIT'),
    explicit_paddings: intsOf([0, 0, ...around, 0, 0]),
  });
}

/**
 * Adds the gradient of a convolution with respect to its filter as a product of two matrices for each place of the filter: the pixels that the place
 * meets, and the gradients that they meet there. Faster on AVX2: measured, 256 to 256 channels of 64 x 64 pixels, 32 ms in place of 48. With a stride it is
 * slower: a U-Net's step takes 1.17 times as long.
 */
function asProducts(
  graph: Graph,
  convolutions: Convolutions,
  [image, , gradient]: readonly string[],
  inputs: readonly KnownTensor[],
  attributes: ShapeAttributes,
  result: KnownTensor,
): string | undefined {
  const [from, to] = [inputs[0]!.shape, inputs[2]!.shape];
  const [height, width, channels, results] = result.shape as [number, number, number, number];
  if (convolutions !== 'avx2' || !isPlain(attributes) || !isLarge(result.shape, to)) return undefined;
  if (Math.min(channels, results) < LEAST_CHANNELS) return undefined;

  const ints = intsIn(graph);
  const around = [...padding(height, from[1]!, to[1]!), ...padding(width, from[2]!, to[2]!)];
  const paddings = graph.constant('int32', [4, 2], Int32Array.from([0, 0, ...around, 0, 0]));
  const padded = around.some(Boolean) ? graph.add('Pad', [image!, paddings], { ...FLOAT, Tpaddings: INT }) : image!;
  const matrix = (pixels: string, depth: number) =>
    graph.add('Reshape', [pixels, ints(-1, depth)], { ...FLOAT, Tshape: INT });
  const gradients = matrix(gradient!, results);
  const size = ints(...to.slice(0, 3), channels);
  const after = `^${nodeOf(gradient!)}`;
  const product = (row: number, column: number) => {
    // Not before the gradient is there: nine copies of each layer's image would wait for it.
    const met = graph.add('Slice', [padded, ints(0, row, column, 0), size, after], { ...FLOAT, Index: INT });
    const turned = { transpose_a: boolOf(true), transpose_b: boolOf(false) };
    return graph.add('MatMul', [matrix(met, channels), gradients], { ...FLOAT, ...turned });
  };
  const places = Array.from({ length: height * width }, (_, at) => product(Math.floor(at / width), at % width));
  const all = graph.add('Pack', places, { ...FLOAT, N: intOf(places.length), axis: intOf(0) });
  return graph.add('Reshape', [all, ints(...result.shape)], { ...FLOAT, Tshape: INT });
}

const FLOAT = { T: typeOf('float32') };
const INT = typeOf('int32');

const intsIn =
  (graph: Graph) =>
  (...values: number[]): string =>
    graph.constant('int32', [values.length], Int32Array.from(values));

/** Whether each pixel has a result, from neighbouring pixels, with the padding that the sizes tell. */
function isPlain({ strides, dilations, data_format, padding, T }: ShapeAttributes): boolean {
  const known = padding?.value === 'SAME' || padding?.value === 'VALID';
  return T?.value === 'float32' && data_format?.value === 'NHWC' && isOnes(strides) && isOnes(dilations) && known;
}

const isOnes = (each: ShapeAttributes[string] | undefined): boolean =>
  each === undefined || (each.kind === 'ints' && each.value.every((step) => step === 1));

function isFaster(convolutions: Convolutions, kernel: readonly number[], result: readonly number[]): boolean {
  const [, , from, to] = kernel;
  return from! >= LEAST_CHANNELS && isLarge(kernel, result) && (convolutions === 'avx2' || to! <= FEW_CHANNELS);
}

function isLarge([height, width, from, to]: readonly number[], result: readonly number[]): boolean {
  const patches = (sizeOf(result) / to!) * height! * width! * from!;
  return patches >= MANY && patches >= MORE_THAN_FILTER * height! * width! * from! * to!;
}

/** The padding of a side before and after its pixels. TensorFlow pads more after them. */
function padding(kernel: number, from: number, to: number): [number, number] {
  const padded = to - from + kernel - 1;
  const before = Math.floor(padded / 2);
  return [before, padded - before];
}

/** What is left of a kernel's reach beside the padding: k - 1 - p. */
const rest = (kernel: number, from: number, to: number): number[] =>
  padding(kernel, from, to).map((side) => kernel - 1 - side);
