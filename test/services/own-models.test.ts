import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { savedModelExtractor } from '../../src/evaluation/extractors/saved-model.js';
import { runPython } from './python.js';

const [COUNT, SIDE] = [5, 32];

describe('a SavedModel that Python has written, as an extractor', () => {
  let dir: string;
  let images: tf.Tensor4D;
  before(async () => {
    await loadTensorFlow();
    dir = await mkdtemp(join(tmpdir(), 'runner-own-models-'));
    const levels = Float32Array.from({ length: COUNT * SIDE * SIDE * 3 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24); // prettier-ignore
    await writeFile(join(dir, 'pixels'), Buffer.from(levels.buffer));
    runPython('own_models.py', join(dir, 'pixels'), String(COUNT), String(SIDE), dir);
    images = tf.tidy(() => tf.sub(tf.div(tf.tensor4d(levels, [COUNT, SIDE, SIDE, 3]), 127.5), 1));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const options = { image_size: SIDE, scale: '-1..1', signature: 'serving_default', output: null } as const;
  const opened = (more: object) => savedModelExtractor.create({ ...options, path: join(dir, 'model'), ...more }).open();

  for (const scale of ['-1..1', '0..1', '0..255', 'imagenet'] as const) {
    test(`gives TensorFlow’s features with images in the range ${scale}: the mean of a map, and a vector as it is`, async (t) => {
      for (const [output, width] of [
        ['map', 8],
        ['logits', 5],
      ] as const) {
        // prettier-ignore
        const open = await opened({ scale, output });
        try {
          assert.equal(open.width, width);
          const found = await open.extract(images).features.data();
          const bytes = await readFile(join(dir, `${scale}.${output}`));
          const expected = new Float32Array(new Uint8Array(bytes).buffer);
          const scaleOf = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          const largest = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
          t.diagnostic(
            `${output}: largest difference ${largest.toExponential(2)}, largest value ${scaleOf.toFixed(2)}`,
          );
          assert.equal(found.length, COUNT * width);
          assert.ok(scaleOf > 0 && largest < 1e-5 * scaleOf, `${largest} of ${scaleOf}`);
        } finally {
          open.dispose();
        }
      }
    });
  }

  test('needs no `output` if its signature has only one, and one of several otherwise', async () => {
    const open = await opened({ signature: 'only-one' });
    assert.equal(open.width, 5);
    open.dispose();
    await assert.rejects(opened({}), /it has the outputs (?:logits, map|map, logits), of which `output` must name one/);
    await assert.rejects(opened({ output: 'pool' }), /outputs .*, of which `output` must name one/);
    await assert.rejects(opened({ signature: 'only-one', output: 'map' }), /it has the outputs logits, of which/);
    await assert.rejects(opened({ signature: 'no-such' }), /model cannot be used/);
  });

  test('keeps no tensor, however often it is asked', async () => {
    const open = await opened({ output: 'map' });
    try {
      open.extract(images).features.dispose();
      const before = tf.memory().numTensors;
      for (let i = 0; i < 3; i++) open.extract(images).features.dispose();
      assert.equal(tf.memory().numTensors, before);
    } finally {
      open.dispose();
    }
  });
});
