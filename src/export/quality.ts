import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import { deadLeaves } from './dead-leaves.js';
import type { ImageSides } from './probes.js';

/** What kernels of less than float32 lose: differences of translated pixels from the network's, in 256 levels. */
export interface Quality {
  /** Over how many images. */
  readonly images: number;
  readonly largest: number;
  readonly mean: number;
}

const IMAGES = 4;

/**
 * Compares translations of a few images with the network's own, each as an image of 256 levels. The images are drawn, as an export has no photographs; with
 * the statistics of photographs, on which a network differs about as much.
 *
 * @param sides of the images; the batch does not matter
 * @param run runs the exported generator; the caller owns the tensor it returns
 */
export function measureQuality(
  { network, weights }: ExportedGenerator,
  [, height, width]: ImageSides,
  run: (image: Tensor4D) => Tensor,
): Quality {
  let [largest, sum, count] = [0, 0, 0];
  for (let i = 0; i < IMAGES; i++) {
    tf.tidy(() => {
      const image = tf.sub<Tensor4D>(tf.div(drawn([1, height, width], i), 127.5), 1);
      const expected = tf.tidy(() => levelsOf(network.apply(weights, image)));
      const differences = tf.abs(tf.sub(levelsOf(run(image)), expected));
      largest = Math.max(largest, tf.max(differences).dataSync()[0]!);
      sum += tf.sum(differences).dataSync()[0]!;
      count += differences.size;
    });
  }
  return { images: IMAGES, largest, mean: sum / count };
}

/** Levels of an image, cut out of a square. */
function drawn([, height, width]: ImageSides, seed: number): Tensor4D {
  const side = Math.max(height, width);
  return tf.slice(tf.tensor4d(deadLeaves(side, seed), [1, side, side, 3]), [0, 0, 0, 0], [1, height, width, 3]);
}

/** round((value + 1) * 127.5), from 0 to 255. */
function levelsOf(values: Tensor): Tensor {
  return tf.clipByValue(tf.floor(tf.add(tf.mul(tf.add(values, 1), 127.5), 0.5)), 0, 255);
}
