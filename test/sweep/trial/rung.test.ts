import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasTrained, trainedShare } from '../../../src/sweep/trial/rung.js';

const training = (step: number) => ({ epoch: 1 + Math.floor((step - 1) / 10), epochs: 4, step, stepsPerEpoch: 10 });

describe('how far a trial is', () => {
  test('is the share of its steps while it trains, in a stage of any scope', () => {
    assert.equal(trainedShare({ training: training(10) }, 'run'), 0.25);
    assert.equal(trainedShare({ training: training(40) }, 'shared'), 1);
  });

  test('is nothing in a stage whose result runs share, and everything in one that is the run’s and does not train', () => {
    assert.equal(trainedShare({}, 'shared'), 0);
    assert.equal(trainedShare({}, 'run'), 1);
  });

  test('is so many epochs once the last step of the last of them is made', () => {
    assert.deepEqual(
      [19, 20, 21].map((step) => hasTrained(training(step), 2)),
      [false, true, true],
    );
  });
});
