import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { loadTensorFlow } from '../../src/engine/native.js';
import { writeGrid } from '../../src/inference/image-grid.js';
import { discriminatorMap, imageOf } from '../../src/inference/tensor-image.js';

before(() => loadTensorFlow());

describe('an image grid', () => {
  test('converts [-1, 1] to 0 to 255 and clips values beyond', () => {
    const image = imageOf(tf.tensor4d([-1, 0, 1, -2, 2, 0.5], [1, 1, 2, 3]));
    assert.deepEqual([...image.data], [0, 128, 255, 0, 255, 191]);
  });

  test('shows a discriminator’s "real" in red, "fake" in blue, and undecided in white', () => {
    const pixel = (realness: number) => [
      ...discriminatorMap(tf.tensor4d([realness], [1, 1, 1, 1]), { height: 1, width: 1 }).data,
    ];
    assert.deepEqual(pixel(1), [103, 0, 31]);
    assert.deepEqual(pixel(0), [5, 48, 97]);
    assert.deepEqual(pixel(0.5), [247, 247, 247]);
  });

  test('lays out rows and columns in order', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'grid-'));
    try {
      const flat = (grey: number) => ({ width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(grey) });
      await writeGrid(join(dir, 'grid.png'), [
        [flat(0), flat(50)],
        [flat(100), flat(150)],
      ]);
      const { data, info } = await sharp(join(dir, 'grid.png')).raw().toBuffer({ resolveWithObject: true });
      const grey = (x: number, y: number) => data[(y * info.width + x) * info.channels];
      const [near, far] = [70, info.width - 70];
      assert.deepEqual([grey(near, near), grey(far, near), grey(near, far), grey(far, far)], [0, 50, 100, 150]);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
