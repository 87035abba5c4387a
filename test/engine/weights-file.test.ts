import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { DamagedWeightsError, readWeightsFile, writeWeightsFile } from '../../src/engine/weights-file.js';

before(() => loadTensorFlow());

const NUMBERS = { kernel: [[1, -2, 3.5], [0.1, 1e-30, -0]], bias: [7, 8, 9], scale: 0.25 }; // prettier-ignore

async function written(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'weights-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const weights = Object.fromEntries(Object.entries(NUMBERS).map(([name, numbers]) => [name, tf.tensor(numbers)]));
  return { dir, path: join(dir, 'w.bin'), file: await writeWeightsFile(dir, 'w.bin', weights) };
}

test('a file of weights contains them one after another, and is described by path, size and hash', async (t) => {
  const { path, file } = await written(t);
  const bytes = readFileSync(path);
  const expected = Float32Array.from([1, -2, 3.5, 0.1, 1e-30, -0, 7, 8, 9, 0.25]);
  assert.deepEqual(new Float32Array(Uint8Array.from(bytes).buffer), expected);
  assert.deepEqual([file.path, file.bytes], ['w.bin', 40]);
  assert.equal(file.sha256, createHash('sha256').update(bytes).digest('hex'));
  assert.deepEqual(file.weights, [
    { name: 'kernel', shape: [2, 3], dtype: 'float32' },
    { name: 'bias', shape: [3], dtype: 'float32' },
    { name: 'scale', shape: [], dtype: 'float32' },
  ]);
});

test('weights are read back unchanged, here and by TensorFlow.js’s own reader', async (t) => {
  const { dir, path, file } = await written(t);
  const decoded = tf.io.decodeWeights(Uint8Array.from(readFileSync(path)).buffer, [...file.weights] as never);
  for (const weights of [await readWeightsFile(dir, file), decoded]) {
    assert.deepEqual(Object.keys(weights), Object.keys(NUMBERS));
    for (const [name, numbers] of Object.entries(NUMBERS)) {
      assert.deepEqual(weights[name]!.shape, tf.tensor(numbers).shape, name);
      assert.deepEqual(weights[name]!.arraySync(), tf.tensor(numbers).arraySync(), name);
    }
  }
});

test('a file of weights that is missing, longer or changed is refused, with its path and the difference', async (t) => {
  const { dir, path, file } = await written(t);
  const refused = async (wrong: RegExp) => {
    const error: unknown = await readWeightsFile(dir, file).then(
      () => assert.fail('it was read'),
      (error: unknown) => error,
    );
    assert.ok(error instanceof DamagedWeightsError);
    assert.ok(error.message.startsWith(path), error.message);
    assert.match(error.message, wrong);
  };
  const bytes = readFileSync(path);
  appendFileSync(path, '!');
  await refused(/has 41 bytes instead of 40/);
  bytes[0]! ^= 1;
  writeFileSync(path, bytes);
  await refused(/SHA-256 differs/);
  rmSync(path);
  await refused(/is missing/);
});

test('an existing file of weights is not overwritten', async (t) => {
  const { dir, path } = await written(t);
  const before = readFileSync(path);
  await assert.rejects(writeWeightsFile(dir, 'w.bin', { other: tf.scalar(1) }), { code: 'EEXIST' });
  assert.deepEqual(readFileSync(path), before);
});
