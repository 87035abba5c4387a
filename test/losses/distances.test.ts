import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { l1 } from '../../src/losses/distances.js';

before(() => loadTensorFlow());

test('l1 is the mean absolute difference for any number of pixels', () => {
  const a = tf.tensor4d([0.5, -1, 0.25, 0], [1, 2, 2, 1]);
  const b = tf.tensor4d([0, 1, 0.25, -0.5], [1, 2, 2, 1]);
  assert.equal(l1(a, b).dataSync()[0], (0.5 + 2 + 0 + 0.5) / 4);
  assert.equal(l1(b, a).dataSync()[0], 0.75);
});
