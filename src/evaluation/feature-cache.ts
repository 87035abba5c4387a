import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { PreparedStore, StoreSplit } from '../data/store/prepared-store.js';
import { readTensor } from '../inference/read-tensor.js';
import type { Features } from '../registry/kinds/metric.js';
import { errorCode } from '../support/files.js';
import { sha256 } from '../support/hash.js';
import type { Json } from '../support/json.js';
import { trainingImage } from './evaluation-images.js';
import { readFeatures, writeFeatures } from './feature-file.js';
import { joined } from './feature-source.js';

export interface RealFeaturesRequest {
  readonly store: PreparedStore;
  /** Images of one split. */
  readonly images: readonly { readonly split: StoreSplit; readonly index: number }[];
  /** What the extractor says that it is. */
  readonly identity: Json;
  /** Called only where the features are not kept yet. @param batch [b, s, s, c], disposed of by the caller */
  readonly extract: (batch: Tensor4D) => Promise<Features>;
  readonly signal: AbortSignal;
  /** Called as they are computed, if they are many. */
  readonly onBatch?: (done: number, total: number) => void;
}

/** Images that are read and computed at once. */
const BATCH = 16;
/** More than that take long enough for a user to ask what is going on. */
const MANY = 256;

/**
 * The features of real images, in their order; of training images in the size of the networks. They are kept in the store's folder, `features/<extractor>-<split>.f32`, and so removed with
 * it. A damaged file counts as missing; several processes may compute the same.
 *
 * @throws ProblemError `corrupt-store` @throws the signal's reason, when it is aborted
 */
export async function realFeatures(request: RealFeaturesRequest): Promise<Features> {
  const { store, images, identity } = request;
  const sums = images.map(({ split, index }) => store.sum(split, index));
  const key = sha256([sha256(identity), sha256(Buffer.concat(sums))]);
  const path = join(store.dir, 'features', `${sha256(identity).slice(0, 16)}-${nameOf(store, images, key)}.f32`);
  const kept = await readFeatures(path, key, images.length);
  if (kept !== undefined) return kept;
  const computed = await compute(request);
  try {
    if (images.length > 0) await writeFeatures(path, key, computed);
  } catch (error) {
    // A store that cannot be written to (another user's, a full disk) is computed again each time.
    if (errorCode(error) === undefined) throw error;
  }
  return computed;
}

/** `testB`; of a part of a split, with its key. */
function nameOf(store: PreparedStore, images: RealFeaturesRequest['images'], key: string): string {
  const split = images[0]?.split ?? 'none';
  const isWhole = split !== 'none' && store.count(split) === images.length && images.every(({ index }, at) => index === at); // prettier-ignore
  return isWhole ? split : `${split}-${key.slice(0, 8)}`;
}

/** Training images are kept larger than the networks' inputs. */
function inSizeOfNetworks(store: PreparedStore, split: StoreSplit, index: number): Promise<Tensor4D> {
  return split === 'trainA' || split === 'trainB'
    ? trainingImage(store, split, index)
    : readTensor(store, split, index);
}

async function compute({ store, images, extract, signal, onBatch }: RealFeaturesRequest): Promise<Features> {
  const parts: Features[] = [];
  for (let from = 0; from < images.length; from += BATCH) {
    signal.throwIfAborted();
    const tensors: Tensor4D[] = [];
    try {
      for (const { split, index } of images.slice(from, from + BATCH)) {
        tensors.push(await inSizeOfNetworks(store, split, index));
      }
      const batch = tf.concat4d(tensors, 0);
      tensors.push(batch);
      parts.push(await extract(batch));
      if (images.length > MANY) onBatch?.(Math.min(from + BATCH, images.length), images.length);
    } finally {
      tf.dispose(tensors);
    }
  }
  return joined(parts);
}
