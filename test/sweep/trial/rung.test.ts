import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasTrained, trainedShare } from '../../../src/sweep/trial/rung.js';

const training = (step: number) => ({ epoch: 1 + Math.floor((step - 1) / 10), epochs: 4, step, stepsPerEpoch: 10 });

describe('the progress of a trial', () => {
  test('is the share of its steps while it trains, in a stage of any scope', () => {
    assert.equal(trainedShare({ training: training(10) }, 'run'), 0.25);
    assert.equal(trainedShare({ training: training(40) }, 'shared'), 1);
  });

  test('is zero in a shared stage, and complete in a run’s stage that does not train', () => {
    assert.equal(trainedShare({}, 'shared'), 0);
    assert.equal(trainedShare({}, 'run'), 1);
  });

  test('reaches an epoch with the last step of that epoch', () => {
    assert.deepEqual(
      [19, 20, 21].map((step) => hasTrained(training(step), 2)),
      [false, true, true],
    );
  });
});
