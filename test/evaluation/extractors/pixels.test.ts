import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { pixelsOf } from '../../../src/evaluation/extractors/pixels.js';

before(() => loadTensorFlow());

const images = (values: readonly number[], ...shape: [number, number, number, number]) =>
  tf.tensor4d([...values], shape);

describe('the pixels that an extractor sees', () => {
  test('are rounded to 8 bits first, and clipped to their range', () => {
    const x = images(
      [-1, 1, 0.5 / 127.5 - 1 - 1e-4, 0.5 / 127.5 - 1 + 1e-3, -1.2, 1.7, 0, 0, 0, 0.5, 0.5, 0.5],
      1,
      2,
      2,
      3,
    );
    assert.deepEqual([...pixelsOf(x, 2).dataSync()], [0, 255, 0, 1, 0, 255, 128, 128, 128, 191, 191, 191]);
  });

  test('of an image of 8 bits at the size of the network are exactly its own', () => {
    const levels = Float32Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3));
    const x = tf.sub(tf.div(tf.tensor4d(levels, [1, 16, 16, 3]), 127.5), 1);
    assert.deepEqual(pixelsOf(x as tf.Tensor4D, 16).dataSync(), levels);
  });

  test('are resized without rounding, each image and channel by itself', () => {
    const x = tf.randomUniform<tf.Rank.R4>([2, 9, 12, 3], -1, 1, 'float32', 1);
    const all = pixelsOf(x, 7);
    assert.deepEqual(all.shape, [2, 7, 7, 3]);
    assert.ok([...all.dataSync()].some((value) => !Number.isInteger(value)));
    const second = tf.slice4d(x, [1, 0, 0, 0], [1, -1, -1, -1]);
    const channel = pixelsOf(tf.slice4d(second, [0, 0, 0, 2], [-1, -1, -1, 1]), 7);
    const expected = tf.slice4d(all, [1, 0, 0, 2], [1, -1, -1, 1]);
    const found = tf.slice4d(channel, [0, 0, 0, 0], [-1, -1, -1, 1]);
    assert.ok(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]! < 1e-3);
  });

  test('keep left and right, top and bottom', () => {
    const left = pixelsOf(images([1, 1, 1, -1, -1, -1, 1, 1, 1, -1, -1, -1], 1, 2, 2, 3), 4).arraySync()[0]!;
    assert.ok(left.every((row) => row[0]![0]! > 200 && row[3]![0]! < 55));
    const top = pixelsOf(images([1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1], 1, 2, 2, 3), 4).arraySync()[0]!;
    assert.ok(top[0]!.every(([red]) => red! > 200) && top[3]!.every(([red]) => red! < 55));
  });

  test('stay in their range where the filter overshoots', () => {
    const x = images(
      Array.from({ length: 8 * 8 * 3 }, (_, i) => (Math.floor(i / 12) % 2 === 0 ? 1 : -1)),
      1,
      8,
      8,
      3,
    );
    const values = pixelsOf(x, 21).dataSync();
    assert.equal(Math.min(...values), 0);
    assert.equal(Math.max(...values), 255);
  });

  test('of a grey image are three equal channels; of four channels they are refused', () => {
    assert.deepEqual([...pixelsOf(images([-1, 1, 1, -1], 1, 2, 2, 1), 2).dataSync()], [0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0]); // prettier-ignore
    assert.throws(() => pixelsOf(tf.zeros([1, 2, 2, 4]), 2), /3 channels, or of 1; these have 4/);
  });
});
