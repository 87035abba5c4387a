import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import {
  checkpointNames,
  restoreNewest as restore,
  saveCheckpoint as publish,
  type Checkpoint,
  checkpointSteps,
  isWhole,
  restoreStep,
  saveState,
} from '../../src/engine/checkpoints.js';
import { readVariables, writeVariables } from '../../src/engine/graph/variables-file.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { ProblemError } from '../../src/support/problem.js';
import { filesBelow, whatIsFlushed } from '../flushed.js';

before(() => loadTensorFlow());

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'checkpoints-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const INDEX = 'variables.index';
const DATA = 'variables.data-00000-of-00001';
const form = () => ({ G: { 'down1/kernel': tf.zeros([2, 3]), 'down1/scale': tf.zeros([2]) } });

/** Every value says which step it is of. */
const tensorsOf = (step: number) => ({
  G: { 'down1/kernel': tf.fill([2, 3], step), 'down1/scale': tf.tensor1d([step, -step]) },
});
const checkpoint = (step: number): Checkpoint => ({ step, state: { seed: 7 } });

const saveCheckpoint = (into: string, of: Checkpoint, keep: number) =>
  publish(into, of, (prefix) => writeVariables(prefix, tensorsOf(of.step)), keep);
const restoreNewest = (from: string, onDamaged: (name: string, reason: string) => void) =>
  restore(from, (prefix) => readVariables(prefix, form), onDamaged);

const unheard = () => assert.fail('no checkpoint is damaged');

describe('checkpoints', () => {
  test('are restored to the bit', async () => {
    const values = Float32Array.of(Math.PI, -0, 1e-42, 3.4e38);
    await publish(dir, checkpoint(3), (prefix) => writeVariables(prefix, { w: tf.tensor1d(values) }), 5);
    const restored = await restore(dir, (prefix) => readVariables(prefix, () => ({ w: tf.zeros([4]) })), unheard);
    assert.equal(restored?.step, 3);
    assert.deepEqual(restored.state, { seed: 7 });
    assert.deepEqual(new Uint8Array(restored.value.w.dataSync().buffer), new Uint8Array(values.buffer));
  });

  test('are pruned except for the newest', async () => {
    for (const step of [1, 2, 10, 11]) await saveCheckpoint(dir, checkpoint(step), 2);
    assert.deepEqual(await checkpointNames(dir), ['step-00000010', 'step-00000011']);
  });

  test('are pruned except for the newest and a pinned one', async () => {
    const write = (step: number) => (prefix: string) => writeVariables(prefix, tensorsOf(step));
    for (const step of [1, 2, 3, 4]) await publish(dir, checkpoint(step), write(step), 2, 1);
    assert.deepEqual(await checkpointSteps(dir), [1, 3, 4]);
    await publish(dir, checkpoint(5), write(5), 2, 5);
    assert.deepEqual(await checkpointSteps(dir), [4, 5], 'a pinned one that is among the newest is no more');
  });

  test('may get another state, and keep their tensors', async () => {
    await saveCheckpoint(dir, checkpoint(3), 5);
    await saveState(dir, { step: 3, state: { measured: 0.1 } });
    const restored = await restoreNewest(dir, unheard);
    assert.deepEqual([restored?.step, restored?.state], [3, { measured: 0.1 }]);
    assert.deepEqual(restored?.value.G['down1/scale'].dataSync(), Float32Array.of(3, -3));
  });

  test('are restored by their step, and no other for it', async () => {
    for (const step of [1, 2, 3]) await saveCheckpoint(dir, checkpoint(step), 5);
    const at = (step: number, onDamaged: Parameters<typeof restoreStep>[3] = unheard) =>
      restoreStep(dir, step, (prefix) => readVariables(prefix, form), onDamaged);
    assert.deepEqual((await at(2))?.value.G['down1/scale'].dataSync(), Float32Array.of(2, -2));
    assert.equal(await at(4), undefined);
    await rm(join(dir, 'step-00000002', DATA));
    const damaged: string[] = [];
    assert.equal(await at(2, (name) => damaged.push(name)), undefined);
    assert.deepEqual(damaged, ['step-00000002']);
    assert.deepEqual([await isWhole(dir, 1), await isWhole(dir, 2), await isWhole(dir, 4)], [true, false, false]);
  });

  test('are ordered by step, with any number of digits', async () => {
    for (const step of [9, 99_999_999, 100_000_000]) await saveCheckpoint(dir, checkpoint(step), 3);
    assert.deepEqual(await checkpointNames(dir), ['step-00000009', 'step-99999999', 'step-100000000']);
    assert.equal((await restoreNewest(dir, unheard))?.step, 100_000_000);
    await saveCheckpoint(dir, checkpoint(100_000_001), 2);
    assert.deepEqual(await checkpointNames(dir), ['step-100000000', 'step-100000001'], 'the oldest ones go');
  });

  test('are flushed to the disk before and after they are renamed', async () => {
    const folder = join(dir, 'step-00000007');
    const flushed = await whatIsFlushed(
      () => saveCheckpoint(dir, checkpoint(7), 5),
      () => !existsSync(folder),
    );
    const files = filesBelow(folder);
    assert.deepEqual(files.map((file) => basename(file)).sort(), ['checkpoint.json', DATA, INDEX]);
    for (const file of files) assert.ok(flushed.hasWhile(file), `${file} is flushed before the rename`);
    assert.ok(flushed.has(dir), 'the folder is flushed');
    assert.ok(!flushed.hasWhile(dir), 'after the rename');
  });

  test('saved after damaged later ones count as the newest and stay', async () => {
    for (const step of [100, 200, 300]) await saveCheckpoint(dir, checkpoint(step), 3);
    for (const step of [200, 300]) await truncate(join(dir, `step-00000${step}`, DATA), 4);
    await saveCheckpoint(dir, checkpoint(150), 2);
    assert.deepEqual(await checkpointNames(dir), ['step-00000100', 'step-00000150']);
    assert.equal((await restoreNewest(dir, unheard))?.step, 150);
    assert.ok((await readdir(dir)).includes('damaged-step-00000300'), 'nothing is deleted');
  });

  test('with a file of another size are reported with both sizes', async () => {
    await saveCheckpoint(dir, checkpoint(1), 5);
    await appendFile(join(dir, 'step-00000001', DATA), 'more');
    const reasons: string[] = [];
    assert.equal(await restoreNewest(dir, (_, reason) => reasons.push(reason)), undefined);
    assert.match(reasons.join(), /variables\.data-00000-of-00001 has 36 bytes instead of 32$/);
  });

  test('in an unreadable folder are an error, not a training from scratch', async () => {
    await writeFile(join(dir, 'file'), '');
    await assert.rejects(restoreNewest(join(dir, 'file'), unheard), { code: 'ENOTDIR' });
  });

  test('of other networks are a problem of their own, not a damaged file', async () => {
    await saveCheckpoint(dir, checkpoint(1), 5);
    for (const wanted of [{ F: { w: tf.zeros([2]) } }, { G: { 'down1/kernel': tf.zeros([3, 2]) } }]) {
      const read = (prefix: string) => readVariables<object>(prefix, () => wanted);
      await assert.rejects(restore(dir, read, unheard), {
        name: 'ProblemError',
        message: /does not contain the networks/,
      });
    }
  });

  for (const words of ['No space left on device', 'Disk quota exceeded']) {
    test(`of earlier steps stay when the disk is full (${words}), which is a problem`, async () => {
      await saveCheckpoint(dir, checkpoint(1), 5);
      const full = () => {
        throw new Error(`Session fail to run with error: /x/variables.data; ${words}`);
      };
      await assert.rejects(publish(dir, checkpoint(2), full, 1), { message: /does not fit on the disk/ });
      assert.deepEqual(await readdir(dir), ['step-00000001']);
    });
  }

  test('that cannot be read because of the machine are an error, not a damaged file', async () => {
    await saveCheckpoint(dir, checkpoint(1), 5);
    const faults = [
      Object.assign(new Error("ENOSPC: no space left on device, mkdtemp '/tmp/graph-'"), { code: 'ENOSPC' }),
      new Error(`Session fail to run with error: ${join(dir, 'corrupt', DATA)}; Too many open files`),
      new Error('Session fail to run with error: OOM when allocating tensor with shape[4096,4096]'),
      new Error('Session fail to run with error: Unsuccessful TensorSliceReader constructor: Failed to find any files'),
      new ProblemError({ code: 'cannot-trace', message: 'Checksum does not match: no' }),
      new TypeError('network is undefined'),
    ];
    for (const fault of faults) {
      const read = () => {
        throw fault;
      };
      await assert.rejects(restore(dir, read, unheard), (error) => error === fault);
    }
  });

  for (const [version, when] of [
    [1, 'an earlier'],
    [3, 'a later'],
  ] as const) {
    test(`of ${when} version of runner are a problem`, async () => {
      await saveCheckpoint(dir, checkpoint(1), 5);
      const path = join(dir, 'step-00000001', 'checkpoint.json');
      const manifest = JSON.parse(await readFile(path, 'utf8')) as object;
      await writeFile(path, JSON.stringify({ ...manifest, version }));
      await assert.rejects(restoreNewest(dir, unheard), (error) => {
        assert.ok(error instanceof ProblemError);
        assert.equal(error.problems[0]!.code, 'checkpoint-of-another-version');
        assert.match(error.message, new RegExp(`written by ${when} version`));
        return true;
      });
    });
  }

  test('are not restored if none was saved', async () => {
    assert.equal(await restoreNewest(join(dir, 'never'), unheard), undefined);
  });

  test('do not include a folder left by a process that died while saving', async () => {
    await saveCheckpoint(dir, checkpoint(1), 5);
    const building = join(dir, '.building-step-00000002');
    await saveCheckpoint(building, checkpoint(2), 5);
    assert.equal((await restoreNewest(dir, unheard))?.step, 1);
    await saveCheckpoint(dir, checkpoint(3), 5);
    assert.deepEqual(await readdir(dir), ['step-00000001', 'step-00000003'], 'the next save clears it away');
  });
});

describe('a damaged checkpoint is reported and skipped:', () => {
  const damages: Record<string, (folder: string) => Promise<void>> = {
    'cut short': (folder) => truncate(join(folder, DATA), 8),
    // Which no reader of the tensors sees.
    'bytes added': (folder) => appendFile(join(folder, DATA), 'more'),
    'bytes added to the index': (folder) => appendFile(join(folder, INDEX), 'more'),
    'a byte changed': (folder) => flip(join(folder, DATA), 5),
    'a byte of the index changed': (folder) => flip(join(folder, INDEX), 5),
    'the last byte of the index changed': (folder) => flip(join(folder, INDEX), -1),
    'cut short, unknown to the manifest': (folder) => cutUnseen(folder, DATA, 8),
    'an index cut short, unknown to the manifest': (folder) => cutUnseen(folder, INDEX, 20),
    'half an index, unknown to the manifest': (folder) => cutUnseen(folder, INDEX, 100),
    'the index cut short': (folder) => truncate(join(folder, INDEX), 20),
    'no index': (folder) => rm(join(folder, INDEX)),
    'no data': (folder) => rm(join(folder, DATA)),
    'no manifest': (folder) => rm(join(folder, 'checkpoint.json')),
    'a manifest without its list of files': (folder) =>
      writeFile(join(folder, 'checkpoint.json'), '{"format": "cyclegan-runner/checkpoint", "version": 2, "step": 2}'),
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

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  await writeFile(path, bytes);
}

/** So that TensorFlow is the one to notice. */
async function cutUnseen(folder: string, file: string, bytes: number): Promise<void> {
  await truncate(join(folder, file), bytes);
  const path = join(folder, 'checkpoint.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as { files: { path: string; bytes: number }[] };
  manifest.files.find((entry) => entry.path === file)!.bytes = bytes;
  await writeFile(path, JSON.stringify(manifest));
}
