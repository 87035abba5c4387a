import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import sharp from 'sharp';
import { resample } from '../../src/data/images/resample.js';
import { trainingImages } from '../../src/evaluation/evaluation-images.js';
import { spreadIndices } from '../../src/support/spread.js';
import { image, numbered, sourceOf, storeOf } from '../data/rig.js';

test('indices are spread evenly over the whole range, the same each time', () => {
  assert.deepEqual(spreadIndices(10, 5), [1, 3, 5, 7, 9]);
  assert.deepEqual(spreadIndices(7, 3), [1, 3, 5]);
  assert.deepEqual(spreadIndices(3, 8), [0, 1, 2]);
  assert.deepEqual([spreadIndices(0, 4), spreadIndices(4, 0)], [[], []]);
  for (const [total, count] of [
    [1067, 200],
    [99, 98],
    [1000, 7],
  ] as const) {
    // prettier-ignore
    const found = spreadIndices(total, count);
    const gaps = found.slice(1).map((index, i) => index - found[i]!);
    assert.equal(new Set(found).size, count);
    assert.ok(Math.max(...gaps) - Math.min(...gaps) <= 1);
    assert.ok(Math.abs(found[0]! - (total - 1 - found.at(-1)!)) <= 1);
  }
});

test('training images of a domain come in the size of the networks, reduced as by Pillow, in [-1, 1]', async (t) => {
  const data = new Uint8Array(12 * 12 * 3).map((_, i) => (i * 89) % 256);
  const noise = await sharp(data, { raw: { width: 12, height: 12, channels: 3 } })
    .png()
    .toBuffer();
  const trainB = [...(await numbered('trainB', 2)), image('noise.png', noise), ...(await numbered('trainB', 2))];
  const store = await storeOf(t, await sourceOf({ trainB }), { image_size: 8, load_size: 12 });
  const found: (readonly [number, Float32Array])[] = [];
  let before: tf.Tensor | undefined;
  for await (const { index, image: tensor } of trainingImages(store, 'B', 3)) {
    assert.ok(before === undefined || before.isDisposed);
    before = tensor;
    assert.deepEqual(tensor.shape, [1, 8, 8, 3]);
    found.push([index, (await tensor.data()) as Float32Array]);
  }
  assert.ok(before!.isDisposed);
  assert.deepEqual(found.map(([index]) => index), [0, 2, 4]); // prettier-ignore
  const expected = resample(data, 12, 12, 8, 'bicubic');
  const values = found[1]![1];
  assert.ok(expected.every((byte, i) => Math.abs(values[i]! - (byte / 127.5 - 1)) < 1e-6));
});
