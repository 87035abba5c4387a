import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { metric, runStarted, stageStarted, TensorBoardRig, text } from './rig.js';

let rig: TensorBoardRig;
beforeEach(async () => {
  rig = await TensorBoardRig.create();
});
afterEach(async () => {
  await rig.endProcess();
  await rig.remove();
});

/** The steps from which readers discard earlier points, with the number of events before each. */
async function restarts(): Promise<[step: number, pointsBefore: number][]> {
  const events = (await rig.events()).filter(({ summary, session_log }) => summary?.value.length || session_log);
  return events.flatMap(({ session_log, step }, i) => (session_log ? [[step, i] as [number, number]] : []));
}

describe('a stage that starts again', () => {
  test('marks the steps from which its earlier points are stale, also in another process', async () => {
    await rig.take(stageStarted('train', false), metric('loss', 1), metric('loss', 2), metric('loss', 3));
    assert.deepEqual(await restarts(), []);
    await rig.take(stageStarted('train', false));
    await rig.endProcess();
    await rig.take(metric('loss', 1), metric('loss', 2));
    assert.deepEqual(await restarts(), [[1, 3]]);
    await rig.take(stageStarted('train', false), metric('loss', 1));
    assert.deepEqual(await restarts(), [
      [1, 3],
      [1, 6],
    ]);
  });

  test('keeps step 0: images of the data, the config', async () => {
    await rig.take(runStarted(), text('data', 0, 'words'), metric('samples', 0), metric('loss', 1), metric('loss', 9));
    await rig.take(stageStarted('train', false), metric('samples', 0), metric('loss', 1));
    assert.deepEqual(
      (await restarts()).map(([step]) => step),
      [1],
    );
  });

  test('marks nothing when it resumes', async () => {
    await rig.take(stageStarted('train', false), metric('loss', 1), metric('loss', 2));
    await rig.take(stageStarted('train', true), metric('loss', 3), metric('epoch', 2));
    assert.deepEqual(await restarts(), []);
  });

  test('marks nothing when it reports the same step again, as an evaluation does', async () => {
    const evaluation = () => [stageStarted('evaluate', false), metric('psnr', 9, 20, 'evaluate')];
    await rig.take(metric('loss', 9), ...evaluation());
    await rig.take(...evaluation());
    assert.deepEqual(await restarts(), []);
    assert.deepEqual((await rig.points('psnr')).length, 2);
  });

  test('marks nothing when it had reported step 0 only', async () => {
    await rig.take(stageStarted('train', false), metric('samples', 0));
    await rig.take(stageStarted('train', false), metric('samples', 0), metric('loss', 1));
    assert.deepEqual(await restarts(), []);
  });
});
