import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { reflectPad } from '../../src/engine/ops.js';
import { randomKey, randomNormal } from '../../src/engine/random-tensors.js';
import { blurDouble, blurHalve, pixelsFromChannels } from '../../src/models/sampling.js';

before(() => loadTensorFlow());

const image = (height: number, width: number) => randomNormal<tf.Rank.R4>([2, height, width, 3], randomKey(1, 0));

describe('without aliasing,', () => {
  for (const [height, width] of [
    [8, 6],
    [7, 5],
    [2, 9],
  ] as const) {
    test(`an image of ${height}x${width} is halved by a blur of [1, 2, 1] at every other pixel`, () => {
      const filter = tf.outerProduct(tf.tensor1d([1, 2, 1]), tf.tensor1d([1, 2, 1])).div(16);
      const kernel = tf.tile<Tensor4D>(tf.reshape(filter, [3, 3, 1, 1]), [1, 1, 3, 1]);
      const x = image(height, width);
      close(blurHalve.apply({}, x), tf.depthwiseConv2d(reflectPad(x, 1), kernel, 2, 'valid'));
    });
  }

  test('an image is doubled by bilinear interpolation between the centres of its pixels', () => {
    const x = image(5, 4);
    close(blurDouble.apply({}, x), tf.image.resizeBilinear(x, [10, 8], false, true));
  });
});

describe('pixels from channels', () => {
  test('makes a square of four channels, the channels of its upper left pixel first', () => {
    const x = tf.tensor4d([0, 10, 1, 11, 2, 12, 3, 13], [1, 1, 1, 8]);
    assert.deepEqual(pixelsFromChannels.apply({}, x).arraySync(), [[[[0, 10], [1, 11]], [[2, 12], [3, 13]]]]); // prettier-ignore
  });

  test('has the gradient of a permutation: its inverse', () => {
    const x = randomNormal<tf.Rank.R4>([2, 3, 4, 8], randomKey(1, 0));
    const half = tf.grad((x: Tensor) => tf.sum(tf.square(pixelsFromChannels.apply({}, x as Tensor4D))).div(2))(x);
    close(half, x);
  });
});

function close(a: Tensor, b: Tensor): void {
  assert.deepEqual(a.shape, b.shape);
  const difference = tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
  assert.ok(difference < 1e-5, `they differ by ${difference}`);
}
