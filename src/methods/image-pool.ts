import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { randomUniformOfBatch } from '../engine/random-tensors.js';
import type { RandomKey } from '../registry/kinds/network.js';

/**
 * Translations of earlier steps, for a discriminator to learn from as well as from the newest (Shrivastava et al. 2017, section 2.3; section 4
 * of the CycleGAN paper: 50 images). Part of a training's state.
 */
export type ImagePool = {
  /** [size, h, w, c]; empty places are zero. */
  readonly images: Tensor4D;
  /** Number of filled places. */
  readonly filled: Scalar;
};

/** An empty pool for `size` images of [h, w, c]. The caller owns it. */
export function emptyPool(size: number, [height, width, channels]: readonly [number, number, number]): ImagePool {
  return { images: tf.zeros([size, height, width, channels]), filled: tf.scalar(0) };
}

/**
 * Exchanges a batch of fakes for the discriminator, image by image, as in the paper's code (util/image_pool.py). While the pool fills,
 * an image is stored and returned. Then, with probability 1/2, a random image of the pool is returned and the new one takes its place;
 * otherwise the new one is returned and the pool stays. So an image may be exchanged for an earlier one of its batch.
 *
 * Pure; the caller owns the result.
 *
 * @param fakes [b, h, w, c]
 * @param key of these draws, different for each pool and step
 */
export function exchange(pool: ImagePool, fakes: Tensor4D, key: RandomKey): { shown: Tensor4D; pool: ImagePool } {
  return tf.tidy(() => exchangeEach(pool, fakes, key));
}

function exchangeEach(pool: ImagePool, fakes: Tensor4D, key: RandomKey): { shown: Tensor4D; pool: ImagePool } {
  const [batch] = fakes.shape;
  const draws = randomUniformOfBatch<tf.Rank.R2>([batch, 2], key);
  const shown: Tensor4D[] = [];
  let now = pool;
  for (let i = 0; i < batch; i++) {
    const fake = tf.slice(fakes, [i, 0, 0, 0], [1, -1, -1, -1]);
    const one = exchangeOne(now, fake, drawOf(draws, i, 0), drawOf(draws, i, 1));
    shown.push(one.shown);
    now = one.pool;
  }
  return { shown: tf.concat(shown, 0), pool: now };
}

/** @param swap whether the pool's image is shown: above a half @param which place of the pool; both uniform, [1] */
function exchangeOne(
  { images, filled }: ImagePool,
  fake: Tensor4D,
  swap: Tensor1D,
  which: Tensor1D,
): { shown: Tensor4D; pool: ImagePool } {
  const [size] = images.shape;
  const filling = tf.less(filled, size);
  const drawn = tf.minimum(tf.floor(tf.mul(which, size)), size - 1);
  const place = tf.cast(tf.where(filling, filled, drawn), 'int32') as Tensor1D;
  const stored = tf.gather(images, place, 0);
  const swaps = tf.logicalAnd(tf.logicalNot(filling), tf.greater(swap, 0.5));
  const enters = tf.reshape(tf.logicalOr(filling, swaps), [1, 1, 1, 1]);
  const leaves = tf.reshape(swaps, [1, 1, 1, 1]);
  return {
    shown: tf.where(leaves, stored, fake),
    pool: {
      images: tf.tensorScatterUpdate<tf.Rank.R4>(images, tf.reshape(place, [1, 1]), tf.where(enters, fake, stored)),
      filled: tf.minimum<Scalar>(tf.add(filled, 1), size),
    },
  };
}

const drawOf = (draws: Tensor2D, image: number, draw: number): Tensor1D =>
  tf.reshape<tf.Rank.R1>(tf.slice(draws, [image, draw], [1, 1]), [1]);
