import assert from 'node:assert/strict';
import { open, readdir, readFile, rm, stat, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { StartOver } from '../../../src/registry/kinds/tracker.js';
import { ProblemError } from '../../../src/support/problem.js';
import { metric, never, runEnded, runStarted, TensorBoardRig } from './rig.js';

let rig: TensorBoardRig;
beforeEach(async () => {
  rig = await TensorBoardRig.create();
});
afterEach(async () => {
  mock.restoreAll();
  await rig.endProcess();
  await rig.remove();
});

const steps = async (tag = 'loss') => (await rig.points(tag)).map(([step]) => step);
const END = '_hparams_/session_end_info';
const names = async () => (await readdir(rig.dir)).sort();

describe('TensorBoard has each point once', () => {
  test('when one process writes batches into one file', async () => {
    await rig.take(metric('loss', 1));
    await rig.take(metric('loss', 2));
    assert.deepEqual(await steps(), [1, 2]);
    assert.equal((await names()).length, 1);
    assert.match((await names())[0]!, /^events\.out\.tfevents\.\d{10}\.[^.]*.*\.\d+\.0\.runner$/);
  });

  test('when another process continues in a file that is read after the first', async () => {
    await rig.take(metric('loss', 1));
    await rig.endProcess();
    await rig.take(metric('loss', 2));
    await rig.endProcess();
    await rig.take(metric('loss', 3));
    assert.equal((await names()).length, 3);
    assert.deepEqual(await steps(), [1, 2, 3]);
  });

  test('when a process died before the cursor was kept, and its records come again', async () => {
    await rig.takeAndDie(metric('loss', 1), metric('loss', 2));
    await rig.take(metric('loss', 1), metric('loss', 2), metric('loss', 3));
    await rig.takeAndDie(metric('loss', 4));
    await rig.takeAndDie(metric('loss', 4), metric('loss', 5));
    await rig.take(metric('loss', 4), metric('loss', 5));
    assert.deepEqual(await steps(), [1, 2, 3, 4, 5]);
  });

  test('when a record was truncated, which is removed', async () => {
    await rig.take(metric('loss', 1));
    await rig.endProcess();
    const [file] = await names();
    await writeFile(join(rig.dir, file!), Buffer.alloc(7, 1), { flag: 'a' });
    await rig.take(metric('loss', 2));
    assert.deepEqual(await steps(), [1, 2]);
  });

  for (const [what, damage] of [
    ['the folder was removed', () => rm(rig.dir, { recursive: true })],
    ['a file was cut', async () => truncate(join(rig.dir, (await names())[0]!), 30)],
  ] as const) {
    test(`when ${what} since the last process, and all records come again`, async () => {
      await rig.take(metric('loss', 1));
      await rig.endProcess();
      await rig.take(metric('loss', 2));
      await rig.endProcess();
      await damage();
      await assert.rejects(rig.take(metric('loss', 3)), StartOver);
      await rig.startOver();
      await rig.take(metric('loss', 1), metric('loss', 2), metric('loss', 3));
      assert.deepEqual(await steps(), [1, 2, 3]);
    });
  }

  test('when the folder is removed during the run', async () => {
    await rig.take(metric('loss', 1));
    await rm(rig.dir, { recursive: true });
    await assert.rejects(rig.take(metric('loss', 2)), StartOver);
    await rig.startOver();
    await rig.take(metric('loss', 1), metric('loss', 2));
    assert.deepEqual(await steps(), [1, 2]);
  });

  test('when the cursor is lost, and other programs’ event files stay', async () => {
    await rig.take(metric('loss', 1));
    const otherProgram = 'events.out.tfevents.1700000000.host.1.0.v2';
    await writeFile(join(rig.dir, otherProgram), '');
    await rig.startOver();
    await rig.take(metric('loss', 1));
    assert.deepEqual(await steps(), [1]);
    assert.ok((await names()).includes(otherProgram));
  });

  test('when another version wrote the state, which is ignored', async () => {
    const tracker = rig.open({ file: 'x', bytes: 3 });
    await tracker.take([metric('loss', 1)], never);
    await tracker.close?.();
    assert.deepEqual(await steps(), [1]);
  });

  test('and no file when no record is for TensorBoard', async () => {
    await rig.take(runEnded('interrupted'));
    assert.deepEqual(await names(), []);
  });
});

describe('the end of a run', () => {
  for (const status of ['finished', 'failed', 'crashed'] as const) {
    test(`is in the event files when it is "${status}", until the run is resumed`, async () => {
      await rig.take(runStarted(), metric('loss', 1), runEnded(status));
      assert.ok((await rig.tags()).includes(END));
      await rig.endProcess();
      await rig.take(runStarted(), metric('loss', 2));
      assert.ok(!(await rig.tags()).includes(END));
      assert.deepEqual(await steps(), [1, 2]);
      await rig.take(metric('loss', 3), runEnded('finished'));
      assert.equal((await rig.tags()).filter((tag) => tag === END).length, 1);
      assert.deepEqual(await steps(), [1, 2, 3]);
    });
  }

  test('is not in the event files when it is "interrupted"', async () => {
    await rig.take(runStarted(), metric('loss', 1), runEnded('interrupted'));
    assert.ok(!(await rig.tags()).includes(END));
  });

  test('is removed when the process that reports a crash continues the run', async () => {
    await rig.take(runStarted(), metric('loss', 1));
    await rig.endProcess();
    await rig.take(runEnded('crashed'));
    await rig.take(runStarted(), metric('loss', 2));
    assert.ok(!(await rig.tags()).includes(END));
    assert.deepEqual(await steps(), [1, 2]);
  });
});

describe('a batch that cannot be written', () => {
  test('is removed when the disk is full in the middle of a write, and succeeds when it comes again', async () => {
    await rig.take(metric('loss', 1));
    const [file] = await names();
    const { size } = await stat(join(rig.dir, file!));
    const write = await failingWrites();
    const failure = { name: 'Error', message: `The disk is full: ${rig.dir} cannot be written (ENOSPC).` };
    await assert.rejects(rig.take(metric('loss', 2), metric('loss', 3)), failure);
    assert.deepEqual(await names(), [file]);
    assert.equal((await stat(join(rig.dir, file!))).size, size);
    await assert.rejects(rig.take(metric('loss', 2), metric('loss', 3)), failure);
    write.mock.restore();
    await rig.take(metric('loss', 2), metric('loss', 3));
    assert.deepEqual(await steps(), [1, 2, 3]);
  });

  test('is a problem for the user when a file is in the place of the folder', async () => {
    await rm(rig.dir, { recursive: true });
    await writeFile(rig.dir, 'not a folder');
    await assert.rejects(rig.take(metric('loss', 1)), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.match(
        error.problems[0]!.message,
        /^The event files in .*tensorboard-\w+ cannot be written \((?:EEXIST|ENOTDIR)\)\.$/,
      );
      return true;
    });
    assert.equal(await readFile(rig.dir, 'utf8'), 'not a folder');
  });

  test('leaves nothing when it is stopped', async () => {
    await rig.take(metric('loss', 1));
    const tracker = rig.open(rig.state);
    const stopped = AbortSignal.abort();
    await assert.rejects(tracker.take([metric('loss', 2)], stopped), { name: 'AbortError' });
    await tracker.close?.();
    assert.deepEqual(await steps(), [1]);
  });
});

/** Writes half of its bytes, then fails as on a full disk. */
async function failingWrites() {
  const file = await open(join(rig.dir, (await names())[0]!), 'r');
  const prototype = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  return mock.method(prototype, 'writeFile', async function (this: FileHandle, bytes: Buffer) {
    await this.write(bytes, 0, Math.floor(bytes.length / 2));
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
}
