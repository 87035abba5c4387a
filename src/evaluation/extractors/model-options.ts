import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { OptionSchema } from '../../registry/component.js';
import { ProblemError } from '../../support/problem.js';
import { pixelsOf } from './pixels.js';

/** What a network of the user's own expects. */
export interface ModelOptions {
  readonly path: string;
  readonly image_size: number;
  readonly scale: keyof typeof SCALES;
}

/** From pixels of 0..255 to the numbers that networks were trained on. */
const SCALES = {
  '-1..1': (pixels: Tensor4D) => tf.sub<Tensor4D>(tf.div(pixels, 127.5), 1),
  '0..1': (pixels: Tensor4D) => tf.div<Tensor4D>(pixels, 255),
  '0..255': (pixels: Tensor4D) => pixels,
  imagenet: (pixels: Tensor4D) => tf.div<Tensor4D>(tf.sub(tf.div(pixels, 255), MEAN), DEVIATION),
};
/** Mean and standard deviation of ImageNet's images, from 0 to 1. */
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

export const MODEL_OPTIONS = {
  image_size: {
    description: 'Side of the images that the network takes, in pixels.',
    type: 'integer',
    minimum: 1,
    maximum: 4096,
    default: 224,
  },
  scale: {
    description:
      'The range of its input: -1..1, 0..1, 0..255, or imagenet (0..1, less ImageNet’s mean, by its standard deviation).',
    enum: Object.keys(SCALES),
    default: '-1..1',
  },
} as const satisfies Readonly<Record<string, OptionSchema>>;

/** The images as the network takes them, [b, image_size, image_size, 3]. */
export function inputOf(images: Tensor4D, { image_size, scale }: ModelOptions): Tensor4D {
  return tf.tidy(() => SCALES[scale](pixelsOf(images, image_size)));
}

/** A network's output as features: the mean over the places of a map [b, h, w, c], a vector as it is. @throws ProblemError `unsuitable-model` */
export function asFeatures(output: Tensor | undefined, path: string): Tensor2D {
  if (output?.rank === 4) return tf.mean(output, [1, 2]);
  if (output?.rank === 2) return output as Tensor2D;
  throw unsuitableModel(
    path,
    `features [b, n] or [b, h, w, n] were expected, found ${output?.shape.join('x') ?? 'none'}`,
  );
}

/** @param why continues "The model PATH cannot be used:" */
export function unsuitableModel(path: string, why: string): ProblemError {
  return new ProblemError({
    code: 'unsuitable-model',
    message: `The model ${path} cannot be used as a feature extractor: ${why}.`,
    cure: 'Check its path, the options `image_size` and `output`, and that it loads elsewhere.',
  });
}

/** The width of a network, which it shows on an image. @param run gives its output, for the batch that it is given */
export function widthOf(run: (images: Tensor4D) => Tensor2D): number {
  return tf.tidy(() => run(tf.zeros([1, 8, 8, 3])).shape[1]);
}
