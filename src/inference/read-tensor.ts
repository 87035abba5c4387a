import * as tf from '@tensorflow/tfjs-core';
import { normalise } from '../data/batches/jitter.js';
import type { PreparedStore, StoreSplit } from '../data/store/prepared-store.js';

/** A prepared image as the input of a network, [1, h, w, 3] in [-1, 1]; the caller owns it. */
export async function readTensor(store: PreparedStore, split: StoreSplit, index: number): Promise<tf.Tensor4D> {
  const image = await store.read(split, index);
  return tf.tensor4d(normalise(image), [1, image.height, image.width, 3]);
}
