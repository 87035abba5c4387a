import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { recording } from '../engine/graph/recorder.js';
import { customGradient, nativeOps } from '../engine/ops.js';

const EPSILON = 1e-5;
const SPACE = [1, 2]; // height and width
const IMAGE = [1, 2, 3];
const BATCH = [0, 1, 2];

/** Of each channel over an image's pixels, [b, 1, 1, c], or of all channels, [b, 1, 1, 1]. */
export interface NormStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Where the norms of a network that runs now take their statistics from. */
let source: ((x: Tensor4D, axes: readonly number[]) => NormStatistics) | undefined;

/** The statistics of all norms that `run` computes, in their order; the caller owns them. */
export function measuringNorms<T>(run: () => T): {
  readonly result: T;
  readonly statistics: readonly NormStatistics[];
} {
  const statistics: NormStatistics[] = [];
  const measure = (x: Tensor4D, axes: readonly number[]) => {
    const measured = statisticsOf(x, axes);
    statistics.push(measured);
    return measured;
  };
  return { result: normsFrom(measure, run), statistics };
}

/**
 * Runs a network with given statistics in place of those of its input, such as a whole image's for a tile of it.
 *
 * @param statistics of its norms in their order, as {@link measuringNorms} returns them
 * @throws Error when the network has another number of norms
 */
export function withNorms<T>(statistics: readonly NormStatistics[], run: () => T): T {
  let next = 0;
  const result = normsFrom(() => {
    const given = statistics[next++];
    if (given === undefined) throw new Error(`A network has more norms than the ${statistics.length} that are given.`);
    return given;
  }, run);
  if (next < statistics.length) throw new Error(`A network has ${next} norms, and ${statistics.length} are given.`);
  return result;
}

function normsFrom<T>(from: typeof source, run: () => T): T {
  const before = source;
  source = from;
  try {
    return run();
  } finally {
    source = before;
  }
}

/**
 * Instance normalisation (Ulyanov et al. 2016, arXiv:1607.08022): every channel of every image gets mean 0 and
 * variance 1 over its pixels, then a learned scale and offset. [b, h, w, c] to the same; scale and offset: [c].
 *
 * Computed by the formula, or by TensorFlow's fused batch normalisation in a graph that TensorFlow runs.
 */
export function instanceNorm(x: Tensor4D, scale: Tensor1D, offset: Tensor1D): Tensor4D {
  if (source !== undefined || recording()?.options.fused !== true || differentiatedTwice()) {
    return normalized(x, scale, offset, SPACE);
  }
  // Over a batch of one, batch normalisation is instance normalisation.
  const images = x.shape[0] === 1 ? [x] : tf.split<Tensor4D>(x, x.shape[0]);
  const normal = images.map((image) => fused(image, scale, offset));
  return normal.length === 1 ? normal[0]! : tf.concat(normal);
}

/**
 * Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167) with the batch's own statistics: every channel gets mean 0 and variance 1 over all
 * pixels of all images. There are no running averages of them: one image by itself is normalised with its own, {@link instanceNorm}, which is
 * what pytorch-CycleGAN-and-pix2pix does in its tests, a batch of one in training mode, unless asked for `--eval`.
 */
export function batchNorm(x: Tensor4D, scale: Tensor1D, offset: Tensor1D): Tensor4D {
  if (recording()?.options.fused !== true || differentiatedTwice()) return byFormula(x, scale, offset, BATCH);
  return fused(x, scale, offset);
}

/**
 * Layer normalisation (Ba et al. 2016, arXiv:1607.06450): every image gets mean 0 and variance 1 over its pixels and channels together, then a
 * learned scale and offset of each channel, as PyTorch's GroupNorm of one group. [b, h, w, c] to the same; scale and offset: [c].
 */
export function layerNorm(x: Tensor4D, scale: Tensor1D, offset: Tensor1D): Tensor4D {
  return normalized(x, scale, offset, IMAGE);
}

/** Used inside the gradient of a gradient, such as a gradient penalty: the fused op's gradient cannot be differentiated. */
const differentiatedTwice = (): boolean => tf.engine().state.gradientDepth > 1;

function normalized(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, axes: readonly number[]): Tensor4D {
  if (source !== undefined) return tf.add(tf.mul(normalize(x, axes, source(x, axes)).normal, scale), offset);
  return byFormula(x, scale, offset, axes);
}

/**
 * The gradient is written out, so that it keeps only x: differentiating the formula step by step would keep three more tensors of
 * x's size.
 */
function byFormula(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, axes: readonly number[]): Tensor4D {
  return customGradient(
    [x, scale, offset],
    (save) => {
      save([x, scale]);
      return tf.add(tf.mul(normalize(x, axes).normal, scale), offset);
    },
    (dy, [x, scale]) => [inX(dy, x!, scale!, axes), inScale(dy, x!, axes), inOffset(dy)],
  );
}

/** A pixel affects its own value, and the mean and variance of the pixels that it is normalised with. */
function inX(dy: Tensor, x: Tensor, scale: Tensor, axes: readonly number[]): Tensor {
  const { normal, inverseDeviation } = normalize(x as Tensor4D, axes);
  const scaled = tf.mul(dy, scale);
  const throughMean = tf.mean(scaled, [...axes], true);
  const throughVariance = tf.mul(normal, tf.mean(tf.mul(scaled, normal), [...axes], true));
  return tf.mul(tf.sub(tf.sub(scaled, throughMean), throughVariance), inverseDeviation);
}

const inScale = (dy: Tensor, x: Tensor, axes: readonly number[]): Tensor =>
  tf.sum(tf.mul(dy, normalize(x as Tensor4D, axes).normal), [0, 1, 2]);

const inOffset = (dy: Tensor): Tensor => tf.sum(dy, [0, 1, 2]);

function normalize(
  x: Tensor4D,
  axes: readonly number[],
  { mean, variance } = statisticsOf(x, axes),
): { readonly normal: Tensor4D; readonly inverseDeviation: Tensor } {
  const inverseDeviation = tf.rsqrt(tf.add(variance, EPSILON));
  return { normal: tf.mul(tf.sub(x, mean), inverseDeviation), inverseDeviation };
}

function statisticsOf(x: Tensor4D, axes: readonly number[]): NormStatistics {
  return tf.moments(x, [...axes], true);
}

/** TensorFlow's FusedBatchNormV3 in training mode, which normalises by the batch's mean and variance. */
function fused(x: Tensor4D, scale: Tensor1D, offset: Tensor1D): Tensor4D {
  return customGradient(
    [x, scale, offset],
    (save) => {
      const nothing = tf.tensor1d([]);
      const inputs = [x, scale, offset, nothing, nothing];
      const [y, , , ...reserved] = nativeOps<Tensor4D>('FusedBatchNormV3', inputs, FUSED, 6);
      save([x, scale, ...reserved]);
      return y!;
    },
    (dy, saved) => nativeOps('FusedBatchNormGradV3', [dy, ...saved], FUSED, 5).slice(0, 3),
  );
}

const FUSED = {
  T: { type: 'float32' },
  U: { type: 'float32' },
  epsilon: EPSILON,
  data_format: 'NHWC',
  is_training: true,
} as const;
