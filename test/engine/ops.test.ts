import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { abs, averageSquares, enlarge, leakyRelu, reflectPad, relu } from '../../src/engine/ops.js';
import { randomKey, randomNormal } from '../../src/engine/random-tensors.js';

before(() => loadTensorFlow());

const row = (...values: number[]) => tf.tensor4d(values, [1, 1, values.length, 1]);
const gradient = (f: (x: Tensor4D) => Tensor, x: Tensor4D) => tf.grad((x: Tensor) => tf.sum(f(x as Tensor4D)))(x);
const values = (x: Tensor) => Array.from(x.dataSync());

describe('enlarge', () => {
  test('repeats each pixel twice in both directions', () => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    assert.deepEqual(enlarge(x).reshape([4, 4]).arraySync(), [
      [1, 1, 2, 2],
      [1, 1, 2, 2],
      [3, 3, 4, 4],
      [3, 3, 4, 4],
    ]);
  });

  test('gives a pixel the sum of its four gradients, as TensorFlow’s own gradient does', () => {
    const x = randomNormal<tf.Rank.R4>([2, 3, 5, 3], randomKey(1, 0));
    const y = randomNormal<tf.Rank.R4>([2, 6, 10, 3], randomKey(2, 0));
    const found = gradient((x) => tf.mul(enlarge(x), y), x);
    const expected = gradient((x) => tf.mul(tf.image.resizeNearestNeighbor(x, [6, 10]), y), x);
    assert.ok(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]! < 1e-5);
  });
});

describe('averageSquares', () => {
  test('is the mean of 2x2 pixels, of all or of every other', () => {
    const x = tf.tensor4d([0, 2, 4, 6, 8, 10, 12, 14], [1, 2, 4, 1]);
    assert.deepEqual(values(averageSquares(x, 1)), [5, 7, 9]);
    assert.deepEqual(values(averageSquares(x, 2)), [5, 9]);
  });

  for (const [stride, side] of [
    [1, 5],
    [2, 3],
  ] as const) {
    test(`has the gradient of TensorFlow’s average pool with a stride of ${stride}, and a gradient of it`, () => {
      const x = randomNormal<tf.Rank.R4>([2, 6, 6, 3], randomKey(1, 0));
      const y = randomNormal<tf.Rank.R4>([2, side, side, 3], randomKey(2, 0));
      const found = gradient((x) => tf.mul(averageSquares(x, stride), y), x);
      const expected = gradient((x) => tf.mul(tf.avgPool(x, 2, stride, 'valid'), y), x);
      assert.ok(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]! < 1e-6);
      // The gradient of |A x|^2 is linear in x with a symmetric matrix, by which the second derivative multiplies.
      const z = randomNormal<tf.Rank.R4>([2, 6, 6, 3], randomKey(3, 0));
      const slope = (x: Tensor4D) => gradient((x) => tf.square(averageSquares(x, stride)), x);
      const twice = gradient((x) => tf.mul(slope(x), z), x);
      assert.ok(tf.max(tf.abs(tf.sub(twice, slope(z)))).dataSync()[0]! < 1e-5);
    });
  }
});

describe('reflectPad', () => {
  test('mirrors without repeating the border', () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    assert.deepEqual(reflectPad(x, 2).reshape([7, 7]).arraySync(), [
      [9, 8, 7, 8, 9, 8, 7],
      [6, 5, 4, 5, 6, 5, 4],
      [3, 2, 1, 2, 3, 2, 1],
      [6, 5, 4, 5, 6, 5, 4],
      [9, 8, 7, 8, 9, 8, 7],
      [6, 5, 4, 5, 6, 5, 4],
      [3, 2, 1, 2, 3, 2, 1],
    ]);
  });

  test('gives a pixel the gradient of each of its reflections', () => {
    // Each pixel counts as often as it appears: in a row of 3 padded by 2, that is 2, 3, 2 times.
    const counts = gradient((x) => reflectPad(x, 2), tf.ones([1, 3, 3, 1]));
    assert.deepEqual(values(counts), [4, 6, 4, 6, 9, 6, 4, 6, 4]);
  });

  test('has the gradient of a linear map: its adjoint', () => {
    const noise = (seed: number, shape: [number, number, number, number]) =>
      randomNormal<tf.Rank.R4>(shape, randomKey(seed, 0));
    const x = noise(1, [2, 6, 5, 3]);
    const y = noise(2, [2, 12, 11, 3]);
    const dx = gradient((x) => tf.mul(reflectPad(x, 3), y), x);
    const [left, right] = [tf.mul(reflectPad(x, 3), y), tf.mul(x, dx)].map((z) => tf.sum(z).dataSync()[0]!);
    assert.ok(Math.abs(left! - right!) < 1e-3, `${left} and ${right}`);
  });
});

describe('activations', () => {
  test('include relu and its gradient', () => {
    assert.deepEqual(values(relu(row(-2, 0, 3))), [0, 0, 3]);
    assert.deepEqual(values(gradient(relu, row(-2, 0, 3))), [0, 0, 1]);
  });

  test('include leakyRelu and its gradient', () => {
    assert.deepEqual(values(leakyRelu(row(-2, 3), 0.25)), [-0.5, 3]);
    assert.deepEqual(values(gradient((x) => leakyRelu(x, 0.25), row(-2, 3))), [0.25, 1]);
  });

  test('can be differentiated twice, as a gradient penalty does, if leakyRelu', () => {
    // penalty(x) = sum of (d/dx of leakyRelu(x)^2)^2 = 4 slope^4 x^2 where x is negative, 4 x^2 elsewhere
    const penalty = (x: Tensor) => {
      const inner = tf.grad((z: Tensor) => tf.sum<Scalar>(tf.square(leakyRelu(z as Tensor4D, 0.5))))(x);
      return tf.sum<Scalar>(tf.square(inner));
    };
    assert.deepEqual(values(tf.grad(penalty)(row(-2, 3))), [8 * 0.0625 * -2, 8 * 3]);
  });

  test('include abs, with gradient 0 at 0', () => {
    assert.deepEqual(values(abs(row(-2, 0, 3))), [2, 0, 3]);
    assert.deepEqual(values(gradient(abs, row(-2, 0, 3))), [-1, 0, 1]);
  });
});
