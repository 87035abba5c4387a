import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareValues, isRanked } from '../../src/sweep/ranking-order.js';

const VALUES = [NaN, 3, Infinity, null, -Infinity, 1, undefined, 2];

test('the better value is first, and values that are not finite are last in their order', () => {
  const sorted = (better: 'lower' | 'higher') => {
    // Array.sort puts undefined last by itself.
    const boxed = VALUES.map((value) => ({ value }));
    return boxed.sort((a, b) => compareValues(a.value, b.value, better)).map(({ value }) => value);
  };
  assert.deepEqual(sorted('lower'), [1, 2, 3, NaN, Infinity, null, -Infinity, undefined]);
  assert.deepEqual(sorted('higher'), [3, 2, 1, NaN, Infinity, null, -Infinity, undefined]);
});

test('neither of two equal values is better, nor of two that are not finite', () => {
  for (const [a, b] of [
    [2, 2],
    [0, -0],
    [NaN, Infinity],
    [-Infinity, undefined],
    [null, NaN],
  ] as const) {
    assert.ok(compareValues(a, b, 'lower') === 0 && compareValues(b, a, 'higher') === 0, `${a} and ${b}`);
  }
});

test('only finite numbers have a rank', () => {
  assert.deepEqual(VALUES.filter(isRanked), [3, 1, 2]);
});
