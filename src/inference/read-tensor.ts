import * as tf from '@tensorflow/tfjs-core';
import { readImage } from '../data/batches/batches.js';
import type { PreparedStore, StoreSplit } from '../data/store/prepared-store.js';

/** A prepared image as the input of a network, [1, size, size, 3] in [-1, 1]; the caller owns it. */
export async function readTensor(store: PreparedStore, split: StoreSplit, index: number): Promise<tf.Tensor4D> {
  const values = await readImage(store, split, index);
  const size = Math.sqrt(values.length / 3);
  return tf.tensor4d(values, [1, size, size, 3]);
}
