import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkpointName } from '../../src/engine/checkpoints.js';
import {
  chooseCheckpoint,
  chosenStep,
  objectionToStep,
  type CheckpointChoice,
} from '../../src/inference/checkpoint-choice.js';
import { temporary } from '../export/rig.js';
import { problemOf } from '../problem-of.js';

const KEPT = { step: 12, epochs: 3, best: { step: 8 } };
const PLAIN = { step: 12, epochs: 3 };

describe('the checkpoint', () => {
  test('is by default the best where one is kept, else the last', () => {
    assert.deepEqual([chosenStep('auto', KEPT), chosenStep('auto', PLAIN)], [8, 12]);
    assert.deepEqual([chosenStep(undefined, KEPT), chosenStep(undefined, PLAIN)], [8, 12]);
  });

  test('is the best, the last, or that of a step, as chosen', () => {
    assert.deepEqual([chosenStep('best', KEPT), chosenStep('last', KEPT), chosenStep(4, KEPT)], [8, 12, 4]);
    assert.equal(chosenStep('best', PLAIN), undefined);
  });
});

describe('a result of one checkpoint', () => {
  test('is invalid if another one is the chosen one by now', () => {
    assert.equal(objectionToStep('auto', KEPT, 12), 'its checkpoint was step 12, now it is step 8');
    assert.equal(objectionToStep('last', KEPT, 8), 'its checkpoint was step 8, now it is step 12');
  });

  test('stays valid if it is the chosen one, or if the training is not finished', () => {
    assert.equal(objectionToStep(undefined, PLAIN, 12), undefined);
    assert.equal(objectionToStep('auto', KEPT, 8), undefined);
    assert.equal(objectionToStep('auto', undefined, 12), undefined);
    assert.equal(objectionToStep('best', PLAIN, 12), undefined);
  });
});

test('a choice of a checkpoint that is not there is a problem that lists those that are', async (t) => {
  const dir = temporary(t);
  for (const step of [4, 8, 12]) mkdirSync(join(dir, 'checkpoints', checkpointName(step)), { recursive: true });
  const choose = (choice: CheckpointChoice, outputs: typeof KEPT | typeof PLAIN) =>
    chooseCheckpoint('export.checkpoint', choice, { dir, outputs });
  assert.deepEqual(await Promise.all([choose('auto', KEPT), choose(4, KEPT), choose('last', KEPT)]), [8, 4, 12]);
  const gone = await problemOf(choose(5, KEPT));
  assert.equal(gone.code, 'no-such-checkpoint');
  assert.match(gone.message, /^export\.checkpoint: there is no checkpoint of step 5 in/);
  assert.equal(gone.cure, 'There are: step 4 (epoch 1), step 8 (epoch 2, best), step 12 (epoch 3, last).');
  const none = await problemOf(choose('best', PLAIN));
  assert.match(none.message, /there is no best checkpoint in/);
  assert.match(none.cure!, /set train\.keep_best and train again\.$/);
});
