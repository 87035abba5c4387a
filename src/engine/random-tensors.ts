import * as tf from '@tensorflow/tfjs-core';
import type { Rank, ShapeMap, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { recording } from './graph/recorder.js';
import { nativeOp } from './ops.js';
import { replica } from './replicas.js';

/**
 * Random numbers as pure functions of a key: the same key gives the same numbers, on every call and in a traced graph.
 * A key is an int32 tensor of two numbers.
 */
export type Key = Tensor1D;

/** @param seed @param counter whole numbers, taken modulo 2^32 */
export function randomKey(seed: number, counter: number): Key {
  return tf.tensor1d(Int32Array.of(seed, counter), 'int32');
}

/** Normally distributed numbers with mean 0 and standard deviation 1. */
export function randomNormal<R extends Rank>(shape: ShapeMap[R], key: Key): Tensor<R> {
  return stateless('StatelessRandomNormal', shape, key);
}

/** Uniformly distributed numbers in [0, 1). */
export function randomUniform<R extends Rank>(shape: ShapeMap[R], key: Key): Tensor<R> {
  return stateless('StatelessRandomUniform', shape, key);
}

/** The first `most` of the numbers below `count` in a random order, or all of them if there are fewer; int32. */
export function randomOrder(count: number, most: number, key: Key): Tensor1D {
  return tf.topk(randomUniform<Rank.R1>([count], key), Math.min(count, most)).indices;
}

/**
 * A step's key is split by passes through networks, sites (dropout layers) in a network, pools of images, penalties of discriminators, layers of
 * patches, and flips. The strides are odd and far apart, so that small indices of them never give equal keys; index 0 of each gives the same.
 */
const STRIDES = {
  pass: 0x9e3779b1,
  site: 0x85ebca6b,
  pool: 0xc2b2ae35,
  penalty: 0x27d4eb2f,
  patches: 0x2545f491,
  flip: 0x165667b1,
} as const;

/** The key of the `index`-th pass, site, pool... The sum is an op, so that a traced graph computes it from the step's key. */
export function foldKey(key: Key, what: keyof typeof STRIDES, index: number): Key {
  return tf.add(key, randomKey(Math.imul(index, STRIDES[what]), 0));
}

/**
 * {@link randomUniform} for the images of a batch, which are the first axis (one after the other, or several such batches). A replica gets the
 * numbers of its part of the batch, so that replicas draw what one device draws.
 */
export function randomUniformOfBatch<R extends Rank>(shape: ShapeMap[R], key: Key): Tensor<R> {
  const own = replica();
  if (own === undefined) return randomUniform<R>(shape, key);
  const { index, count, batch } = own;
  const [images, ...rest] = shape as readonly number[] as [number, ...number[]];
  const groups = images / batch;
  const all = randomUniform([groups, count, batch, ...rest] as never, key);
  const part = tf.slice(all, [0, index, ...Array<number>(rest.length + 1).fill(0)], [groups, 1, batch, ...rest]);
  return tf.reshape<R>(part, shape);
}

/** Sets a share `rate` of the elements to zero and scales the rest by 1 / (1 - rate), so that the mean stays. */
export function dropout<T extends Tensor>(x: T, rate: number, key: Key): T {
  const kept = tf.greaterEqual(randomUniformOfBatch(x.shape as never, key), rate);
  return tf.mul(x, tf.div(tf.cast(kept, 'float32'), 1 - rate));
}

function stateless<R extends Rank>(op: string, shape: ShapeMap[R], key: Key): Tensor<R> {
  const size = tf.tensor1d(shape, 'int32');
  const graph = recording();
  const zeroKey = graph?.options.zeroKey;
  const drawn = zeroKey === undefined ? key : tf.add(key, graph!.symbol(zeroKey, 'int32', [2]));
  return nativeOp(op, [size, drawn], { dtype: { type: 'float32' }, T: { type: 'int32' }, Tseed: { type: 'int32' } });
}
