import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import { ProblemError } from '../support/problem.js';
import type { ImageSides } from './probes.js';

/** How far an exported generator may be from its network. */
export interface Bound {
  /** Largest difference of a pixel, in [-1, 1]. */
  readonly tolerance: number;
  /** What to do about one that is farther. */
  readonly cure: string;
}

/** Half a step of an image with 256 levels. Float32 rounds differently in another order of operations; a wrong graph differs by far more. */
export const EXACT: Bound = {
  tolerance: 1 / 255,
  cure: 'This is an error of the export. Report it, and leave the format out meanwhile: --set export.formats=[...].',
};

/**
 * Translates fixed images with the network and with the exported generator.
 *
 * @param run runs the exported generator; the caller owns the tensor it returns
 * @returns the largest difference of a pixel
 * @throws ProblemError `export-differs` when it is above the bound; `not-finite` when the network's output is not finite
 */
export function checkSameImage(
  generator: ExportedGenerator,
  sides: ImageSides,
  run: (image: Tensor4D) => Tensor,
  bound: Bound = EXACT,
): number {
  return tf.tidy(() => checkTranslation(generator, testImage(sides, generator.channels), run, bound));
}

/** {@link checkSameImage} with images of the caller, [batch, height, width, channels]. */
export function checkTranslation(
  { network, weights, direction }: ExportedGenerator,
  images: Tensor4D,
  run: (images: Tensor4D) => Tensor,
  { tolerance, cure }: Bound,
): number {
  const difference = tf.tidy(() => {
    const expected = tf.tidy(() => network.apply(weights, images));
    if (!tf.all(tf.isFinite(expected)).dataSync()[0]) throw notFinite(direction);
    return tf.max(tf.abs(tf.sub(run(images), expected))).dataSync()[0]!;
  });
  if (difference <= tolerance) return difference;
  const [, height, width] = images.shape;
  throw new ProblemError({
    code: 'export-differs',
    message: `The exported generator ${direction} does not give the network's image at ${height}x${width} pixels: a pixel of [-1, 1] is off by ${difference.toPrecision(3)}, more than ${tolerance.toFixed(4)}. It is not published.`,
    cure,
  });
}

/** Smooth waves with a fine grain, different in every channel and image, in [-1, 1]. */
export function testImage([batch, height, width]: ImageSides, channels: number): Tensor4D {
  const values = Float32Array.from({ length: batch * height * width * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    const [row, column, channel] = [Math.floor(pixel / width) % height, pixel % width, i % channels];
    const phase = channel + 0.9 * Math.floor(pixel / width / height);
    const wave = Math.sin((6 * column) / width + phase) * Math.cos((5 * row) / height - phase);
    return 0.8 * wave + 0.2 * Math.sin(1.7 * row + 2.3 * column + phase);
  });
  return tf.tensor4d(values, [batch, height, width, channels]);
}

function notFinite(direction: string): ProblemError {
  return new ProblemError({
    code: 'not-finite',
    message: `The trained generator ${direction} gives numbers that are not finite: its training has diverged.`,
    cure: 'Check the losses in TensorBoard, and train with a lower optimizer.learning_rate.',
  });
}
