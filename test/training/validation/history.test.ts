import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DecidedCriterion } from '../../../src/training/validation/criterion.js';
import {
  bestOf,
  historyIn,
  historyState,
  isExhausted,
  type ValidationHistory,
} from '../../../src/training/validation/history.js';
import type { JsonObject } from '../../../src/support/json.js';

/** Validations after steps 0, 1, 2... */
const of = (...values: readonly (number | undefined)[]): ValidationHistory =>
  values.map((value, step) => ({
    step,
    epoch: step / 2,
    metrics: { 'BtoA/psnr': 99, ...(value !== undefined && { 'AtoB/psnr': value }) },
  }));
const AtoB: DecidedCriterion = { metric: 'psnr', direction: 'AtoB', directions: ['AtoB'], better: 'higher' };
const lower: DecidedCriterion = { ...AtoB, better: 'lower' };
const both: DecidedCriterion = { ...AtoB, direction: 'both', directions: ['AtoB', 'BtoA'] };
const stepOf = (found: { readonly step: number } | undefined) => found?.step;

describe('the best validation', () => {
  test('has the highest or the lowest value, as the criterion says', () => {
    assert.equal(stepOf(bestOf(of(0, 2, 5, 3), AtoB)), 2);
    assert.equal(stepOf(bestOf(of(9, 2, 5, 3), lower)), 1);
  });

  test('is the earlier of equals', () => {
    assert.equal(stepOf(bestOf(of(0, 2, 5, 5), AtoB)), 2);
  });

  test('is not that of the untrained networks', () => {
    assert.equal(stepOf(bestOf(of(9, 2, 3), AtoB)), 2);
    assert.equal(bestOf(of(9), AtoB), undefined);
  });

  test('is one that measured the value', () => {
    assert.equal(stepOf(bestOf(of(0, undefined, 1, undefined), AtoB)), 2);
    assert.equal(bestOf(of(0, undefined), AtoB), undefined);
  });

  test('is one whose checkpoint is kept', () => {
    assert.equal(stepOf(bestOf(of(0, 2, 5, 3), AtoB, (step) => step !== 2)), 3);
  });

  test('has the highest mean of both directions if the criterion is of both', () => {
    const history = [
      { step: 1, epoch: 1, metrics: { 'AtoB/psnr': 10, 'BtoA/psnr': 1 } },
      { step: 2, epoch: 2, metrics: { 'AtoB/psnr': 7, 'BtoA/psnr': 6 } },
    ];
    assert.deepEqual([stepOf(bestOf(history, both)), bestOf(history, both)!.value], [2, 6.5]);
    assert.equal(stepOf(bestOf(history, AtoB)), 1);
  });

  for (const [what, other] of [
    ['is not finite', { 'BtoA/psnr': null }],
    ['was not measured', {}],
  ] as const) {
    test(`is none of which a direction ${what}, if the criterion is of both`, () => {
      const history = [
        { step: 1, epoch: 1, metrics: { 'AtoB/psnr': 10, 'BtoA/psnr': 4 } },
        { step: 2, epoch: 2, metrics: { 'AtoB/psnr': 30, ...other } },
      ];
      assert.equal(stepOf(bestOf(history, both)), 1);
      assert.equal(stepOf(bestOf(history, AtoB)), 2);
    });
  }
});

describe('a training is to stop early', () => {
  const stop = (patience: number, delta = 0) => ({ ...AtoB, patience, min_delta: delta });

  test('when so many validations in a row have not improved', () => {
    assert.equal(isExhausted(of(0, 5, 4, 5), stop(2)), true);
    assert.equal(isExhausted(of(0, 5, 4, 5), stop(3)), false);
    assert.equal(isExhausted(of(0, 5, 4, 6), stop(1)), false);
  });

  test('when improvements are too small, measured from the last that was not', () => {
    assert.equal(isExhausted(of(0, 5, 5.4, 5.5), stop(2, 0.5)), true);
    assert.equal(isExhausted(of(0, 5, 5.4, 5.6), stop(2, 0.5)), false);
  });

  test('regardless of the untrained networks', () => {
    assert.equal(isExhausted(of(9, 5, 6), stop(1)), false);
    assert.equal(isExhausted(of(9), stop(1)), false);
  });

  test('also when nothing could be measured', () => {
    assert.equal(isExhausted(of(0, undefined, undefined), stop(2)), true);
  });
});

describe('the history in a checkpoint', () => {
  test('is read with the same numbers', () => {
    const history = [...of(0.1, 1 / 3, -2e-300), { step: 3, epoch: 3, metrics: { 'AtoB/psnr': null, 'BtoA/psnr': 1 } }];
    const written = JSON.parse(JSON.stringify(historyState(history))) as JsonObject;
    assert.deepEqual(historyIn(written), history);
  });

  test('is absent where nothing was measured, as in checkpoints of earlier versions', () => {
    assert.deepEqual(historyState([]), {});
    assert.deepEqual(historyIn({ steps_per_epoch: 4 }), []);
  });
});
