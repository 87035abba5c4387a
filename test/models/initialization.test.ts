import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { initialWeights } from '../../src/engine/initialize.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { initialized, type InitOptions } from '../../src/models/initialization.js';
import { conv, convTranspose, norm, sequential } from '../../src/models/layers.js';

before(() => loadTensorFlow());

const layers = sequential(
  conv('conv', { kernel: 3, from: 32, to: 64, bias: true }),
  norm({ norm: 'instance' }, 'norm', 4096),
  convTranspose('up', { kernel: 4, stride: 2, from: 64, to: 16 }),
);
const weightsWith = (options: InitOptions, seed = 1) => initialWeights(initialized(layers, options), seed, 'G');

describe('initial kernels', () => {
  // He: of 3x3 pixels and 32 channels; of a transposed convolution PyTorch counts the outputs.
  for (const [options, deviations] of [
    [{}, [0.02, 0.02]],
    [{ init: 'normal', gain: 0.1 }, [0.1, 0.1]],
    [{ init: 'xavier', gain: 0.5 }, [0.5 * Math.sqrt(2 / (9 * 96)), 0.5 * Math.sqrt(2 / (16 * 80))]],
    [{ init: 'kaiming' }, [Math.sqrt(2 / (9 * 32)), Math.sqrt(2 / (16 * 16))]],
  ] as const) {
    test(`have the deviation of ${JSON.stringify(options)}`, () => {
      const weights = weightsWith(options);
      ['conv/kernel', 'up/kernel'].forEach((name, i) => {
        const { mean, variance } = tf.moments(weights[name]!);
        const [center, deviation] = [mean.dataSync()[0]!, Math.sqrt(variance.dataSync()[0]!)];
        assert.ok(Math.abs(center) < 0.05 * deviations[i]!, `mean ${center}`);
        assert.ok(Math.abs(deviation / deviations[i]! - 1) < 0.03, `${deviation} instead of ${deviations[i]}`);
      });
    });
  }

  test('have orthogonal columns of the length of the gain, or rows, if there are fewer', () => {
    const weights = weightsWith({ init: 'orthogonal', gain: 0.5 });
    const wide = initialWeights(initialized(conv('conv', { kernel: 1, from: 5, to: 9 }), { init: 'orthogonal', gain: 0.5 }), 1, 'G'); // prettier-ignore
    for (const [kernel, rows, columns] of [
      [weights['conv/kernel']!, 9 * 32, 64],
      [weights['up/kernel']!, 16 * 16, 64],
      [wide['conv/kernel']!, 5, 9],
    ] as const) {
      const matrix = tf.reshape<tf.Rank.R2>(kernel, [rows, columns]);
      const products = rows < columns ? tf.matMul(matrix, matrix, false, true) : tf.matMul(matrix, matrix, true);
      const difference = tf.max(tf.abs(tf.sub(products, tf.mul(tf.eye(Math.min(rows, columns)), 0.25)))).dataSync()[0]!;
      assert.ok(difference < 1e-5, `they differ by ${difference}`);
    }
  });

  test('depend on the seed, and only on it', () => {
    for (const init of ['normal', 'xavier', 'kaiming', 'orthogonal'] as const) {
      const of = (seed: number) => weightsWith({ init }, seed)['conv/kernel']!.dataSync();
      assert.deepEqual(of(1), of(1));
      assert.notDeepEqual(of(1), of(2));
    }
  });
});

test('the gain is the deviation of initial scales from 1; offsets and biases are 0', () => {
  const weights = weightsWith({ init: 'xavier', gain: 0.1 });
  const { mean, variance } = tf.moments(weights['norm/scale']!);
  assert.ok(Math.abs(mean.dataSync()[0]! - 1) < 0.01);
  assert.ok(Math.abs(Math.sqrt(variance.dataSync()[0]!) - 0.1) < 0.01);
  for (const name of ['norm/offset', 'conv/bias']) assert.equal(tf.max(tf.abs(weights[name]!)).dataSync()[0], 0);
});
