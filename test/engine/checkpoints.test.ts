import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { checkpointNames, restoreNewest, saveCheckpoint, type Checkpoint } from '../../src/engine/checkpoints.js';
import { loadTensorFlow } from '../../src/engine/native.js';

before(() => loadTensorFlow());

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'checkpoints-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Every value says which step it is of. */
function checkpoint(step: number): Checkpoint {
  return {
    step,
    state: { seed: 7 },
    groups: {
      G: { 'down1/kernel': tf.fill([2, 3], step), 'down1/scale': tf.tensor1d([step, -step]) },
      'G.m': { 'down1/kernel': tf.zeros([2, 3]), 'down1/scale': tf.zeros([2]) },
    },
  };
}

const unheard = () => assert.fail('no checkpoint is damaged');

describe('checkpoints', () => {
  test('restores what was saved, to the bit', async () => {
    const values = Float32Array.of(Math.PI, -0, 1e-42, 3.4e38);
    await saveCheckpoint(dir, { step: 3, state: { seed: 7 }, groups: { G: { w: tf.tensor(values) } } }, 5);
    const restored = await restoreNewest(dir, unheard);
    assert.equal(restored?.step, 3);
    assert.deepEqual(restored.state, { seed: 7 });
    assert.deepEqual(new Uint8Array((await restored.groups['G']!['w']!.data()).buffer), new Uint8Array(values.buffer));
  });

  test('is read by TensorFlow.js’s own decoder', async () => {
    await saveCheckpoint(dir, checkpoint(4), 5);
    const folder = join(dir, 'step-00000004');
    const text = await readFile(join(folder, 'checkpoint.json'), 'utf8');
    const { files } = JSON.parse(text) as { files: { G: { weights: tf.io.WeightsManifestEntry[] } } };
    const bytes = await readFile(join(folder, 'G.bin'));
    const decoded = tf.io.decodeWeights(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
      files.G.weights,
    );
    assert.deepEqual(Array.from(decoded['down1/scale']!.dataSync()), [4, -4]);
    assert.deepEqual(decoded['down1/kernel']!.shape, [2, 3]);
  });

  test('keeps the newest and prunes the rest', async () => {
    for (const step of [1, 2, 10, 11]) await saveCheckpoint(dir, checkpoint(step), 2);
    assert.deepEqual(await checkpointNames(dir), ['step-00000010', 'step-00000011']);
  });

  test('after damaged later ones, the one just saved is the newest and stays', async () => {
    for (const step of [100, 200, 300]) await saveCheckpoint(dir, checkpoint(step), 3);
    for (const step of [200, 300]) await truncate(join(dir, `step-00000${step}`, 'G.bin'), 4);
    await saveCheckpoint(dir, checkpoint(150), 2);
    assert.deepEqual(await checkpointNames(dir), ['step-00000100', 'step-00000150']);
    assert.equal((await restoreNewest(dir, unheard))?.step, 150);
    assert.ok((await readdir(dir)).includes('damaged-step-00000300'), 'nothing is deleted');
  });

  test('a folder that cannot be read is an error, not a training that starts from nothing', async () => {
    await writeFile(join(dir, 'file'), '');
    await assert.rejects(restoreNewest(join(dir, 'file'), unheard), { code: 'ENOTDIR' });
  });

  test('reads only the groups asked for', async () => {
    await saveCheckpoint(dir, checkpoint(1), 5);
    assert.deepEqual(Object.keys((await restoreNewest(dir, unheard, ['G']))!.groups), ['G']);
  });

  test('nothing saved is nothing restored', async () => {
    assert.equal(await restoreNewest(join(dir, 'never'), unheard), undefined);
  });

  test('a folder that was being built when the process died is not a checkpoint', async () => {
    await saveCheckpoint(dir, checkpoint(1), 5);
    const building = join(dir, '.building-step-00000002');
    await saveCheckpoint(building, checkpoint(2), 5);
    assert.equal((await restoreNewest(dir, unheard))?.step, 1);
  });
});

describe('a damaged checkpoint is told and passed over', () => {
  const damages: Record<string, (folder: string) => Promise<void>> = {
    'cut short': (folder) => truncate(join(folder, 'G.bin'), 8),
    'a byte changed': async (folder) => {
      const bytes = await readFile(join(folder, 'G.bin'));
      bytes[5]! ^= 1;
      await writeFile(join(folder, 'G.bin'), bytes);
    },
    'a file missing': (folder) => rm(join(folder, 'G.m.bin')),
    'no manifest': (folder) => rm(join(folder, 'checkpoint.json')),
    'a torn manifest': (folder) => truncate(join(folder, 'checkpoint.json'), 20),
  };
  for (const [what, damage] of Object.entries(damages)) {
    test(what, async () => {
      await saveCheckpoint(dir, checkpoint(1), 5);
      await saveCheckpoint(dir, checkpoint(2), 5);
      await damage(join(dir, 'step-00000002'));
      const heard: string[] = [];
      const restored = await restoreNewest(dir, (name) => heard.push(name));
      assert.equal(restored?.step, 1);
      assert.deepEqual(heard, ['step-00000002']);
      assert.deepEqual(await readdir(dir), ['step-00000001', 'step-00000002']);
    });
  }
});
