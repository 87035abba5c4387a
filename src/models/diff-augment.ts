import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { foldKey, randomUniformOfBatch } from '../engine/random-tensors.js';
import type { OptionSchema } from '../registry/component.js';
import type { Network, RandomKey } from '../registry/kinds/network.js';

export type Augmentation = 'color' | 'translation' | 'cutout';

export const AUGMENT_OPTION: OptionSchema = {
  description:
    'What is done at random to all that the discriminator sees in training, real and translated (DiffAugment, Zhao et al. 2020), against its learning a small data set by heart: `color` (brightness, saturation, contrast), `translation` (by up to an eighth), `cutout` (half the height and width).',
  type: 'array',
  items: { enum: ['color', 'translation', 'cutout'] },
  uniqueItems: true,
  default: [],
  'x-neutral': true,
};

/**
 * A discriminator that sees augmented images in training (Zhao et al. 2020, arXiv:2006.10738): where it has a key, with other draws in each
 * pass and for each image. Gradients pass through to the generator.
 *
 * @param channels of the images that it sees beside each other, which are augmented alike
 */
export function augmented(
  network: Network,
  augmentations: readonly Augmentation[],
  channels: readonly number[],
): Network {
  if (augmentations.length === 0) return network;
  const seen = (x: Tensor4D, key?: RandomKey) => (key === undefined ? x : augment(x, augmentations, channels, key));
  return {
    ...network,
    apply: (weights, x, key) => network.apply(weights, seen(x, key), key),
    ...(network.maps && { maps: (weights, x, key) => network.maps!(weights, seen(x, key), key) }),
  };
}

/** @param x images, [b, h, w, sum of channels] */
export function augment(
  x: Tensor4D,
  augmentations: readonly Augmentation[],
  channels: readonly number[],
  key: RandomKey,
): Tensor4D {
  let draws = 0;
  const draw: Draw = () => randomUniformOfBatch<tf.Rank.R4>([x.shape[0], 1, 1, 1], foldKey(key, 'site', draws++));
  const steps = { color: (h: Tensor4D) => color(h, channels, draw), translation: translate, cutout: cut };
  return augmentations.reduce((h, step) => steps[step](h, draw), x);
}

/** Uniform numbers in [0, 1), one an image: [b, 1, 1, 1]. */
type Draw = () => Tensor4D;

function color(x: Tensor4D, channels: readonly number[], draw: Draw): Tensor4D {
  const [brightness, saturation, contrast] = [tf.sub(draw(), 0.5), tf.mul(draw(), 2), tf.add(draw(), 0.5)];
  const images = channels.length === 1 ? [x] : tf.split<Tensor4D>(x, [...channels], 3);
  const colored = images.map((image) => {
    const brightened = tf.add<Tensor4D>(image, brightness);
    const saturated = scaledAround(tf.mean(brightened, 3, true), brightened, saturation);
    return scaledAround(tf.mean(saturated, [1, 2, 3], true), saturated, contrast);
  });
  return colored.length === 1 ? colored[0]! : tf.concat(colored, 3);
}

const scaledAround = (mean: Tensor, x: Tensor4D, factor: Tensor): Tensor4D =>
  tf.add(tf.mul(tf.sub(x, mean), factor), mean);

const MOST_TRANSLATED = 1 / 8;

/** Moves each image by whole pixels; what comes in is 0, the middle grey. By products with 0 and 1, whose gradients need no scattering. */
function translate(x: Tensor4D, draw: Draw): Tensor4D {
  const [, height, width] = x.shape;
  // [b, 1, side, side]: a row for each pixel of the result, with a 1 at the pixel that it takes
  const taken = (side: number) => {
    const most = Math.floor(side * MOST_TRANSLATED + 0.5);
    const moved = tf.sub(wholeNumber(draw(), 2 * most + 1), most);
    const [to, from] = [tf.reshape(range(side), [1, 1, side, 1]), tf.reshape(range(side), [1, 1, 1, side])];
    return tf.cast(tf.equal(tf.add(to, moved), from), 'float32');
  };
  const rows = tf.reshape<tf.Rank.R3>(taken(height), [-1, height, height]);
  const byRow = tf.matMul(rows, tf.reshape<tf.Rank.R3>(x, [x.shape[0], height, -1])); // [b, h, w c]
  return tf.matMul(taken(width), tf.reshape<tf.Rank.R4>(byRow, x.shape)); // [b, 1, w, w] times [b, h, w, c]
}

const CUT = 1 / 2;

/** Sets a rectangle of half the height and width to 0; its centre is anywhere, so part of it may be outside. */
function cut(x: Tensor4D, draw: Draw): Tensor4D {
  const [, height, width] = x.shape;
  const inside = (side: number, shape: [number, number, number, number]) => {
    const length = Math.floor(side * CUT + 0.5);
    const start = tf.sub(wholeNumber(draw(), side + 1 - (length % 2)), Math.floor(length / 2));
    const place = tf.sub(tf.reshape(range(side), shape), start);
    return tf.logicalAnd(tf.greaterEqual(place, 0), tf.less(place, length));
  };
  const inRectangle = tf.logicalAnd(inside(height, [1, height, 1, 1]), inside(width, [1, 1, width, 1]));
  return tf.mul(x, tf.sub(1, tf.cast(inRectangle, 'float32')));
}

const range = (side: number): Tensor => tf.tensor1d(Float32Array.from({ length: side }, (_, i) => i));

/** Each of 0 to count - 1 as often. */
const wholeNumber = (uniform: Tensor, count: number): Tensor => tf.floor(tf.mul(uniform, count));
