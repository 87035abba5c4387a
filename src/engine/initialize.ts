import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { randomKey, randomNormal } from './random-tensors.js';
import type { Network, Weights, WeightSpec } from '../registry/kinds/network.js';
import { sha256 } from '../support/hash.js';

/**
 * The initial weights of a network. Each depends only on the seed, the network's name, and its own name and shape, so that changing
 * one layer does not change the others.
 *
 * @param name distinguishes networks of the same kind: `G`
 */
export function initialWeights(network: Network, seed: number, name: string): Weights {
  return Object.fromEntries(network.weights.map((spec) => [spec.name, initialWeight(spec, seed, name)]));
}

function initialWeight({ name, shape, initial }: WeightSpec, seed: number, network: string): Tensor {
  if (initial.kind === 'zeros') return tf.zeros([...shape]);
  const label = Number.parseInt(sha256([network, name]).slice(0, 8), 16);
  return tf.tidy(() => {
    const normal = randomNormal([...shape] as never, randomKey(seed, label));
    return tf.add(tf.mul(normal, initial.stddev), initial.mean);
  });
}
