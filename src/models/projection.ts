import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { NetworkCost, Weights, WeightSpec } from '../registry/kinds/network.js';

/** Maps the features of a generator's layers to vectors that are compared; a small network for each layer. */
export interface Projection {
  readonly weights: readonly WeightSpec[];
  readonly cost: NetworkCost;
  /** @param features of one layer, [n, c] @returns unit vectors, [n, width] */
  apply(weights: Weights, layer: string, features: Tensor2D): Tensor2D;
}

export interface ProjectionShape {
  /** Channels of each layer, by its name. */
  readonly channels: Readonly<Record<string, number>>;
  /** Length of the vectors. */
  readonly width: number;
  /** Vectors of each layer and image, for the cost. */
  readonly vectors: number;
}

/** The least length, so that a vector of zeros has a gradient, which it has not in CUT's code. */
const EPSILON = 1e-7;

/** For each layer a dense layer, ReLU and a dense layer, then division by the length: H of CUT (Park et al. 2020, section 3). */
export function projection({ channels, width, vectors }: ProjectionShape): Projection {
  const layers = Object.entries(channels);
  return {
    weights: layers.flatMap(([layer, from]) => [...dense(`${layer}/1`, from, width), ...dense(`${layer}/2`, width, width)]), // prettier-ignore
    cost: {
      numbers: 2 * layers.length * vectors * width,
      products: layers.reduce((sum, [, from]) => sum + vectors * width * (from + width), 0),
    },
    apply: (weights, layer, features) => {
      const hidden = tf.relu(affine(weights, `${layer}/1`, features));
      const vector = affine(weights, `${layer}/2`, hidden);
      const length = tf.sqrt(tf.add(tf.sum(tf.square(vector), 1, true), EPSILON ** 2));
      return tf.div(vector, length);
    },
  };
}

/** Xavier's initialization with a gain of 0.02, as in CUT's code. The division by the length undoes the gain, but steps are large beside such weights. */
function dense(name: string, from: number, to: number): readonly WeightSpec[] {
  const stddev = 0.02 * Math.sqrt(2 / (from + to));
  return [
    { name: `${name}/kernel`, shape: [from, to], initial: { kind: 'normal', mean: 0, stddev } },
    { name: `${name}/bias`, shape: [to], initial: { kind: 'zeros' } },
  ];
}

const affine = (weights: Weights, name: string, x: Tensor2D): Tensor2D =>
  tf.add(tf.matMul(x, weights[`${name}/kernel`] as Tensor2D), weights[`${name}/bias`] as Tensor1D);
