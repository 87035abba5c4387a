import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor3D } from '@tensorflow/tfjs-core';

/**
 * The patchwise contrastive loss of one layer (PatchNCE; Park et al. 2020, arXiv:2007.15651, equations 2 and 3): the cross-entropy of finding, among
 * the patches of the source image, the one at the place of each patch of the translation.
 *
 * @param queries unit vectors of the translation's patches, [b, patches, c]
 * @param keys those of the source image at the same places, which no gradient reaches
 * @param temperature of the softmax over the patches of one image: 0.07 in the paper
 */
export function patchNce(queries: Tensor3D, keys: Tensor3D, temperature: number): Scalar {
  // Row i: the similarities of query i to all keys. The right one is on the diagonal, the others are the negatives.
  const similarities = tf.div(tf.matMul(queries, keys, false, true), temperature);
  const right = tf.div(tf.sum(tf.mul(queries, keys), 2), temperature);
  return tf.mean(tf.sub(tf.logSumExp(similarities, 2), right));
}
