import * as tf from '@tensorflow/tfjs-core';
import type { HeightWidth } from '../support/sides.js';
import type { RgbImage } from './image-grid.js';

/** Converts an image tensor of the networks, [1, h, w, 3] in [-1, 1], to pixels. */
export function imageOf(image: tf.Tensor4D): RgbImage {
  const [, height, width] = image.shape;
  return pixelsOf(image.dataSync(), height, width);
}

/** Converts values of the networks, in [-1, 1], to pixels: (value + 1) * 127.5, rounded to the nearest, or the even one of two. */
export function pixelsOf(values: ArrayLike<number>, height: number, width: number): RgbImage {
  // It rounds and clips what is stored in it. A loop, since copying from floats to bytes takes twenty times as long.
  const data = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) data[i] = Math.fround(Math.fround(values[i]! + 1) * 127.5);
  return { width, height, data: new Uint8Array(data.buffer) };
}

/**
 * Converts a discriminator's output, [1, h, w, 1] from 0 (fake) to 1 (real), to pixels at the size of the image it judged: blue for 0,
 * white for 0.5, red for 1 (the tutorial's red-blue).
 */
export function discriminatorMap(realness: tf.Tensor4D, size: HeightWidth): RgbImage {
  const { height, width } = size;
  const real = tf.tidy(() => tf.image.resizeNearestNeighbor(realness, [height, width]).dataSync());
  const data = new Uint8Array(height * width * 3);
  real.forEach((p, i) => data.set(redBlue(p), i * 3));
  return { width, height, data };
}

/** Ends and middle of the diverging colour map RdBu, reversed (ColorBrewer; matplotlib's RdBu_r). */
function redBlue(p: number): readonly [number, number, number] {
  const [fake, unsure, real] = [[5, 48, 97] as const, [247, 247, 247] as const, [103, 0, 31] as const];
  const [end, distance] = p < 0.5 ? [fake, 1 - 2 * p] : [real, 2 * p - 1];
  const channel = (i: 0 | 1 | 2) => Math.round(unsure[i] + (end[i] - unsure[i]) * distance);
  return [channel(0), channel(1), channel(2)];
}
