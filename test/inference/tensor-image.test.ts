import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { imageOf } from '../../src/inference/tensor-image.js';

before(() => loadTensorFlow());

test('an image of the networks becomes the pixels that TensorFlow rounds and clips to', () => {
  const ties = Array.from({ length: 256 }, (_, i) => (i + 0.5) / 127.5 - 1);
  const values = Float32Array.from([...ties, -1, 1, -1.5, 1.5, 0, 1e9, -1e9, ...Array.from({ length: 1000 }, (_, i) => Math.sin(i))]); // prettier-ignore
  const length = values.length - (values.length % 3);
  const image = tf.tensor4d(values.subarray(0, length), [1, 1, length / 3, 3]);
  const expected = tf.tidy(() => tf.clipByValue(tf.round(tf.mul(tf.add(image, 1), 127.5)), 0, 255).dataSync());
  const { data, width, height } = imageOf(image);
  assert.deepEqual([width, height], [length / 3, 1]);
  assert.deepEqual([...data], [...expected]);
  image.dispose();
});
