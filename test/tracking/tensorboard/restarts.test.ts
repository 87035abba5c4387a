import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { metric, runStarted, stageStarted, TensorBoardRig, text } from './rig.js';

let rig: TensorBoardRig;
beforeEach(async () => {
  rig = await TensorBoardRig.create();
});
afterEach(async () => {
  await rig.leave();
  await rig.remove();
});

/** Steps from which on readers forget what they have read, and how many points were before. */
async function restarts(): Promise<[step: number, pointsBefore: number][]> {
  const events = (await rig.events()).filter(({ summary, session_log }) => summary?.value.length || session_log);
  return events.flatMap(({ session_log, step }, i) => (session_log ? [[step, i] as [number, number]] : []));
}

describe('a stage that starts anew', () => {
  test('says from which step on what it told before is stale, also when another process does it', async () => {
    await rig.take(stageStarted('train', false), metric('loss', 1), metric('loss', 2), metric('loss', 3));
    assert.deepEqual(await restarts(), []);
    await rig.take(stageStarted('train', false));
    await rig.leave();
    await rig.take(metric('loss', 1), metric('loss', 2));
    assert.deepEqual(await restarts(), [[1, 3]]);
    await rig.take(stageStarted('train', false), metric('loss', 1));
    assert.deepEqual(await restarts(), [
      [1, 3],
      [1, 6],
    ]);
  });

  test('leaves what is at step 0 alone: images of the data, the config', async () => {
    await rig.take(runStarted(), text('data', 0, 'words'), metric('samples', 0), metric('loss', 1), metric('loss', 9));
    await rig.take(stageStarted('train', false), metric('samples', 0), metric('loss', 1));
    assert.deepEqual(
      (await restarts()).map(([step]) => step),
      [1],
    );
  });

  test('says nothing when it goes on where it was', async () => {
    await rig.take(stageStarted('train', false), metric('loss', 1), metric('loss', 2));
    await rig.take(stageStarted('train', true), metric('loss', 3), metric('epoch', 2));
    assert.deepEqual(await restarts(), []);
  });

  test('says nothing when it tells the same step again, as an evaluation does', async () => {
    const evaluation = () => [stageStarted('evaluate', false), metric('psnr', 9, 20, 'evaluate')];
    await rig.take(metric('loss', 9), ...evaluation());
    await rig.take(...evaluation());
    assert.deepEqual(await restarts(), []);
    assert.deepEqual((await rig.points('psnr')).length, 2);
  });

  test('says nothing when it had told only step 0', async () => {
    await rig.take(stageStarted('train', false), metric('samples', 0));
    await rig.take(stageStarted('train', false), metric('samples', 0), metric('loss', 1));
    assert.deepEqual(await restarts(), []);
  });
});
