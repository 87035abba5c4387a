import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { nativeOps } from './ops.js';
import { randomKey, randomNormal } from './random-tensors.js';
import type { Trained, Weights, WeightSpec } from '../registry/kinds/network.js';
import { sha256 } from '../support/hash.js';

/**
 * The initial weights of a network. Each depends only on the seed, the network's name, and its own name and shape, so that changing
 * one layer does not change the others.
 *
 * @param name distinguishes networks of the same kind: `G`
 */
export function initialWeights(network: Trained, seed: number, name: string): Weights {
  return Object.fromEntries(network.weights.map((spec) => [spec.name, initialWeight(spec, seed, name)]));
}

function initialWeight({ name, shape, initial }: WeightSpec, seed: number, network: string): Tensor {
  if (initial.kind === 'zeros') return tf.zeros([...shape]);
  const label = Number.parseInt(sha256([network, name]).slice(0, 8), 16);
  return tf.tidy(() => {
    const normal = randomNormal([...shape] as never, randomKey(seed, label));
    if (initial.kind === 'orthogonal') return tf.mul(orthogonal(normal), initial.gain);
    return tf.add(tf.mul(normal, initial.stddev), initial.mean);
  });
}

/** The orthogonal factor of a matrix of normal numbers; with the signs of R's diagonal it is uniformly distributed (Mezzadri 2007). */
function orthogonal(normal: Tensor): Tensor {
  const columns = normal.shape.at(-1)!;
  const matrix = tf.reshape<Rank.R2>(normal, [-1, columns]);
  const wide = matrix.shape[0] < columns;
  const [q, r] = nativeOps<Tensor2D>('Qr', [wide ? tf.transpose(matrix) : matrix], QR, 2) as [Tensor2D, Tensor2D];
  const diagonal = tf.sum(tf.mul(r, tf.eye(r.shape[0])), 0);
  const unique = tf.mul(q, tf.sign(diagonal));
  return tf.reshape(wide ? tf.transpose(unique) : unique, normal.shape);
}

const QR = { T: { type: 'float32' }, full_matrices: false } as const;
