import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tableOf } from '../../../src/sweep/summary/table.js';
import { sweep } from '../page/rig.js';

/** The metric columns besides the ranking metric. */
function others(metrics: readonly string[], rungs: readonly string[] = [], name = 'psnr'): readonly string[] {
  const { head } = tableOf(sweep([], { metric: { name, better: 'higher' }, metrics, rungs }));
  assert.deepEqual(head.slice(0, 3), ['', 'trial', name]);
  assert.deepEqual(head.slice(-2), ['state', 'time']);
  return head.slice(3, -2);
}

describe('the table of trials', () => {
  test('has a row per trial, the best first, with rank, values, metrics, state and time', () => {
    const { head, rows, numeric, trials } = tableOf(
      sweep([
        { params: { 'loss.lambda': 1, mode: 'a' }, value: 20, metrics: { psnr: 20, ssim: 0.5 }, seconds: 61.6 },
        { params: { 'loss.lambda': 0 }, value: 21, metrics: { psnr: 21 }, seconds: 3600.2 },
        { params: { 'loss.lambda': 5, mode: null }, state: 'queued', seconds: null },
      ]),
    );
    assert.deepEqual(head, ['', 'trial', 'lambda', 'mode', 'psnr', 'ssim', 'state', 'time']);
    assert.deepEqual(rows, [
      ['1', '2', '0', '', '21', '', 'done', '1:00:00'],
      ['2', '1', '1', 'a', '20', '0.5000', 'done', '1:02'],
      ['', '3', '5', '', '', '', 'queued', ''],
    ]);
    assert.deepEqual(numeric, [true, true, true, false, true, true, false, true]);
    assert.deepEqual(
      trials.map(({ id }) => id),
      [2, 1, 3],
    );
  });

  test('treats an axis as numeric only if every value is a number', () => {
    const { numeric } = tableOf(sweep([{ params: { a: 1, b: 1, c: 'x' } }, { params: { a: 2, b: 'auto', c: 'y' } }]));
    assert.deepEqual(numeric.slice(2, 5), [true, false, false]);
  });

  test('shows NaN and infinities of a diverged training as such', () => {
    const { rows } = tableOf(sweep([NaN, Infinity, -Infinity].map((value) => ({ params: {}, value }))));
    assert.deepEqual(
      rows.map(([rank, , value]) => [rank, value]),
      [
        ['', 'NaN'],
        ['', '∞'],
        ['', '-∞'],
      ],
    );
  });
});

describe('the table’s metrics besides the ranking metric', () => {
  test('are the other means, not each direction', () => {
    assert.deepEqual(others(['psnr', 'ssim', 'AtoB/psnr', 'AtoB/ssim']), ['ssim']);
    assert.deepEqual(others(['psnr', 'AtoB/psnr', 'BtoA/psnr']), []);
    assert.deepEqual(others(['psnr', 'pr/recall', 'validate/psnr', 'AtoB/pr/recall']), ['pr/recall']);
  });

  test('are all others if there are no means', () => {
    assert.deepEqual(others(['AtoB/psnr', 'BtoA/psnr'], [], 'AtoB/psnr'), ['BtoA/psnr']);
  });

  test('are at most four', () => {
    assert.deepEqual(others(['psnr', 'a', 'b', 'c', 'd']), ['a', 'b', 'c', 'd']);
    assert.deepEqual(others(['a', 'b', 'psnr', 'c', 'd', 'e']), ['a', 'b', 'c', 'd']);
  });

  test('are fewer, but at least one, if successive halving has metrics, which are all shown', () => {
    assert.deepEqual(others(['psnr', 'a', 'b', 'c', 'd', 'x@1'], ['x@1']), ['a', 'b', 'c', 'x@1']);
    assert.deepEqual(others(['psnr', 'a', 'x@1'], ['x@1']), ['a', 'x@1']);
    const rungs = ['x@1', 'x@2', 'x@4', 'x@8', 'x@16'];
    assert.deepEqual(others(['psnr', 'a', 'b', 'c', ...rungs], rungs), ['a', ...rungs]);
  });
});
