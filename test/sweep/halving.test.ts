import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, roundsOf } from '../../src/sweep/halving.js';

const halving = { metric: 'loss', better: 'lower', epochs: 2, factor: 3 } as const;

test('rounds grow by the factor, and the last ends with the training', () => {
  assert.deepEqual(roundsOf(halving, 18), [
    { from: 0, to: 2, pauses: true },
    { from: 2, to: 6, pauses: true },
    { from: 6, to: 18, pauses: false },
  ]);
  const ends = (epochs: number) => roundsOf(halving, epochs).map(({ to }) => to);
  assert.deepEqual(ends(40), [2, 6, 18, 40]);
  assert.deepEqual(ends(2), [2]);
  assert.deepEqual(roundsOf(null, 40), [{ from: 0, to: 40, pauses: false }]);
});

test('the best third continues, rounded up, best first', () => {
  const values = new Map<number, number | undefined>([
    [1, 0.3],
    [2, 0.1],
    [3, 0.2],
    [4, 0.9],
  ]);
  assert.deepEqual(choose([1, 2, 3, 4], values, halving), [2, 3]);
  assert.deepEqual(choose([1, 2, 3, 4], values, { ...halving, better: 'higher' }), [4, 1]);
  assert.deepEqual(choose([4], values, halving), [4]);
});

test('values that are not finite are last, even infinitely good ones, and the earlier of equals is first', () => {
  const infinite = new Map<number, number | undefined>([
    [1, -Infinity],
    [2, NaN],
    [3, Infinity],
    [4, undefined],
    [5, 1e300],
  ]);
  for (const better of ['lower', 'higher'] as const) {
    assert.deepEqual(choose([5, 4, 3, 2, 1], infinite, { ...halving, better, factor: 1 }), [5, 1, 2, 3, 4], better);
  }
});

test('trials without a value are last, and the earlier of equals is first', () => {
  const values = new Map<number, number | undefined>([
    [1, undefined],
    [2, NaN],
    [3, 5],
    [4, 5],
  ]);
  assert.deepEqual(choose([1, 2, 4, 3], values, { ...halving, factor: 2 }), [3, 4]);
});
