import { boolOf, intOf, stringOf, typeOf } from '../engine/graph/graph-def.js';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import type { HeightWidth } from '../support/sides.js';
import type { FunctionBody } from './function-body.js';

const FLOAT = typeOf('float32');
const INT = typeOf('int32');
const OF_INTS = { T: INT };

/**
 * Adds ops of TensorFlow that resize images to a size as those of the training are, float32 in whole numbers from 0 to 255.
 *
 * `bilinear` and `bicubic` follow Pillow, as src/data/images/resample.ts does: two passes, rounded to 8 bits after each. TensorFlow's weights are
 * float32, so now and then a level differs by one.
 *
 * @param images reference to [1, height, width, channels] @returns that of [1, h, w, channels] with these sides
 */
export function addResize(
  body: FunctionBody,
  images: string,
  to: HeightWidth,
  interpolation: ExportedGenerator['interpolation'],
): string {
  if (interpolation === 'nearest') return nearest(body, images, to);
  return inTwoPasses(body, images, to, KERNELS[interpolation]);
}

/** Those of TensorFlow with Pillow's formulas: bicubic with a = -0.5. */
const KERNELS = { bilinear: 'triangle', bicubic: 'keyscubic' } as const;

function nearest(body: FunctionBody, images: string, { height, width }: HeightWidth): string {
  const attributes = { T: FLOAT, align_corners: boolOf(false), half_pixel_centers: boolOf(true) };
  return body.add('ResizeNearestNeighbor', [images, body.ints([height, width])], attributes, 'resized_images');
}

function inTwoPasses(body: FunctionBody, images: string, size: HeightWidth, kernel: string): string {
  const sides = sidesOf(body, images);
  const to = body.ints([size.height, size.width]);
  const between = sidesBetween(body, sides, size);
  const once = resized(body, images, sides.both, between, kernel);
  return resized(body, once, between, to, kernel);
}

/** References to the sides of an image, int32. */
interface SideRefs {
  /** [height, width] */
  readonly both: string;
  readonly height: string;
  readonly width: string;
}

function sidesOf(body: FunctionBody, images: string): SideRefs {
  const shape = body.add('Shape', [images], { T: FLOAT, out_type: INT }, 'output');
  const both = body.add('Slice', [shape, body.ints([1]), body.ints([2])], { T: INT, Index: INT }, 'output');
  const side = (axis: number) =>
    body.add('GatherV2', [both, body.ints(axis), body.ints(0)], { Tparams: INT, Tindices: INT, Taxis: INT }, 'output');
  return { both, height: side(0), width: side(1) };
}

/** Of the image after the first pass. Pillow narrows first, unless the image becomes lower by more than twice as many pixels. */
function sidesBetween(body: FunctionBody, { height, width }: SideRefs, to: HeightWidth): string {
  const narrower = body.add('Sub', [width, body.ints(to.width)], OF_INTS, 'z');
  const lower = body.add('Sub', [height, body.ints(to.height)], OF_INTS, 'z');
  const isFar = body.add('Less', [body.add('Mul', [narrower, body.ints(2)], OF_INTS, 'z'), lower], OF_INTS, 'z');
  const isLower = body.add('Greater', [lower, body.ints(0)], OF_INTS, 'z');
  const rowsFirst = body.add('LogicalAnd', [isLower, isFar], {}, 'z');
  const pair = (a: string, b: string) => body.add('Pack', [a, b], { N: intOf(2), T: INT, axis: intOf(0) }, 'output');
  const choices = [pair(body.ints(to.height), width), pair(height, body.ints(to.width))];
  return body.add('SelectV2', [rowsFirst, ...choices], OF_INTS, 'output');
}

function resized(body: FunctionBody, images: string, from: string, to: string, kernel: string): string {
  const [before, after] = [from, to].map((sides) => body.add('Cast', [sides], { SrcT: INT, DstT: FLOAT }, 'y'));
  const scale = body.add('RealDiv', [after!, before!], { T: FLOAT }, 'z');
  const attributes = { T: FLOAT, kernel_type: stringOf(kernel), antialias: boolOf(true) };
  const inputs = [images, to, scale, body.floats([0, 0])];
  const values = body.add('ScaleAndTranslate', inputs, attributes, 'resized_images');
  // Half a level up, as Pillow; TensorFlow's Round gives the even one.
  const raised = body.add('AddV2', [values, body.floats(0.5)], { T: FLOAT }, 'z');
  const rounded = body.add('Floor', [raised], { T: FLOAT }, 'y');
  return body.add('ClipByValue', [rounded, body.floats(0), body.floats(255)], { T: FLOAT }, 'output');
}
