import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBatches } from '../../src/training/open-batches.js';
import { numbered, problemsOf, sourceOf, storeOf } from '../data/rig.js';

const OPTIONS = { batch_size: 1, epoch: 'longest', flip: true, shuffle_buffer: null } as const;

test('training without pairs reads all images; with pairs, it reads those with partners and warns of the others', async (t) => {
  const store = await storeOf(
    t,
    await sourceOf({ trainA: await numbered('trainA', 4), trainB: await numbered('trainB', 6) }),
  );
  const unpaired = await openBatches(store, OPTIONS, 1, 9);
  assert.deepEqual([unpaired.batches.stepsPerEpoch, unpaired.warnings], [6, []]);
  const paired = await openBatches(store, OPTIONS, 1, 9, 'paired');
  assert.equal(paired.batches.stepsPerEpoch, 4);
  assert.match(paired.warnings.join('\n'), /^2 images of trainB are left out.*\(trainB\/4\.png, trainB\/5\.png\)\.$/);
  const { x, y } = await paired.batches.read(0, 0);
  assert.deepEqual(x, y);
});

test('training warns of images that it never shows, with and without pairs', async (t) => {
  const store = await storeOf(
    t,
    await sourceOf({ trainA: await numbered('trainA', 5), trainB: await numbered('trainB', 5) }),
  );
  const options = { ...OPTIONS, batch_size: 4, shuffle_buffer: 1 };
  assert.equal((await openBatches(store, options, 1, 9)).warnings.length, 2);
  const { warnings } = await openBatches(store, options, 1, 9, 'paired');
  assert.deepEqual([warnings.length, warnings[0]!.slice(0, 40)], [1, '1 of the 5 pairs of training images is n']);
});

test('training that needs pairs is a problem if there are none', async (t) => {
  const trainB = (await numbered('trainB', 3)).map((one, i) => ({ ...one, name: `x${'abc'[i]!}` }));
  const store = await storeOf(t, await sourceOf({ trainA: await numbered('trainA', 3), trainB }));
  assert.equal((await problemsOf(openBatches(store, OPTIONS, 1, 9, 'paired')))[0]!.code, 'no-pairs');
});
