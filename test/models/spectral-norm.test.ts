import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { nativeOps } from '../../src/engine/ops.js';
import { randomKey, randomNormal } from '../../src/engine/random-tensors.js';
import { spectralNorm } from '../../src/models/spectral-norm.js';

before(() => loadTensorFlow());

/** Its singular values as TensorFlow's decomposition has them, the largest first. */
function singularValues(kernel: Tensor4D): readonly number[] {
  const matrix = tf.reshape(kernel, [-1, kernel.shape[3]]);
  const options = { T: { type: 'float32' }, compute_uv: false, full_matrices: false } as const;
  return Array.from(nativeOps('Svd', [matrix], options, 3)[0]!.dataSync());
}

const SHAPES = [
  [4, 4, 3, 64],
  [4, 4, 64, 128],
  [4, 4, 128, 1],
] as const;

describe('spectral normalisation', () => {
  for (const shape of SHAPES) {
    test(`makes the largest singular value of a random kernel of ${shape.join('x')} about 1`, () => {
      const kernel = tf.mul<Tensor4D>(randomNormal<tf.Rank.R4>([...shape], randomKey(1, 0)), 0.02);
      const [largest] = singularValues(spectralNorm(kernel));
      assert.ok(largest! > 0.9999 && largest! < 1.06, `${largest}`);
    });
  }

  test('does so exactly where one singular value stands out, as after training', () => {
    const noise = randomNormal<tf.Rank.R4>([4, 4, 16, 32], randomKey(1, 0));
    const [left, right] = [randomNormal<tf.Rank.R2>([256, 1], randomKey(2, 0)), randomNormal<tf.Rank.R2>([1, 32], randomKey(3, 0))]; // prettier-ignore
    const kernel = tf.add<Tensor4D>(noise, tf.reshape(tf.matMul(left, right), noise.shape));
    const [largest] = singularValues(spectralNorm(kernel));
    assert.ok(Math.abs(largest! - 1) < 1e-5, `${largest}`);
  });

  test('has the gradient of a kernel divided by its largest singular value', () => {
    const noise = randomNormal<tf.Rank.R4>([2, 2, 3, 4], randomKey(1, 0));
    const kernel = tf.add<Tensor4D>(noise, tf.mul(tf.ones(noise.shape), 3));
    const factor = randomNormal<tf.Rank.R4>([2, 2, 3, 4], randomKey(2, 0));
    const of = (kernel: Tensor) => tf.sum(tf.mul(spectralNorm(kernel as Tensor4D), factor));
    const direction = randomNormal<tf.Rank.R4>([2, 2, 3, 4], randomKey(3, 0));
    const found = tf.sum(tf.mul(tf.grad(of)(kernel), direction)).dataSync()[0]!;
    const at = (step: number) => {
      const moved = tf.add<Tensor4D>(kernel, tf.mul(direction, step));
      return tf.sum(tf.mul(moved, factor)).dataSync()[0]! / singularValues(moved)[0]!;
    };
    const expected = (at(1e-2) - at(-1e-2)) / 2e-2;
    assert.ok(Math.abs(found / expected - 1) < 1e-2, `${found} instead of ${expected}`);
  });
});
