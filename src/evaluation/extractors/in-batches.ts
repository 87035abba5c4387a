import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { ExtractedFeatures } from '../../registry/kinds/extractor.js';

/** Images in one call of a network: enough to use all cores, few enough for the memory of its first layers. */
const MOST = 16;

/**
 * Runs a network on images in batches of a few fixed sizes (powers of two), as each new size costs time: it is traced, or its graph is
 * optimised, again. The last batch is filled up with repetitions, whose features are dropped.
 */
export function inBatches(images: Tensor4D, extract: (batch: Tensor4D) => ExtractedFeatures): ExtractedFeatures {
  return tf.tidy(() => {
    const parts: ExtractedFeatures[] = [];
    for (let from = 0; from < images.shape[0]; from += MOST) {
      const count = Math.min(MOST, images.shape[0] - from);
      const batch = tf.slice4d(images, [from, 0, 0, 0], [count, -1, -1, -1]);
      const { features, logits } = extract(filledUp(batch));
      parts.push({ features: first(features, count), ...(logits && { logits: first(logits, count) }) });
    }
    const logits = parts.flatMap((part) => part.logits ?? []);
    const features = tf.concat2d(
      parts.map((part) => part.features),
      0,
    );
    return { features, ...(logits.length > 0 && { logits: tf.concat2d(logits, 0) }) };
  });
}

function filledUp(batch: Tensor4D): Tensor4D {
  const [count] = batch.shape;
  const missing = 2 ** Math.ceil(Math.log2(count)) - count;
  return missing === 0 ? batch : tf.concat4d([batch, tf.slice4d(batch, [0, 0, 0, 0], [missing, -1, -1, -1])], 0);
}

function first(rows: Tensor2D, count: number): Tensor2D {
  return rows.shape[0] === count ? rows : tf.slice2d(rows, [0, 0], [count, -1]);
}
