import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compareTimes, median, range } from '../../bench/statistics.js';

describe('the statistics of the benchmark', () => {
  test('have as median the middle number, or the mean of the middle two', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([10, 1, 2, 4]), 3);
    assert.equal(median([7]), 7);
    assert.throws(() => median([]), RangeError);
  });

  test('sort numbers numerically, without changing the array', () => {
    const numbers = [10, 9, 100];
    assert.equal(median(numbers), 10);
    assert.deepEqual(numbers, [10, 9, 100]);
  });

  test('have as range the lowest and the highest number', () => {
    assert.deepEqual(range([3, 1, 2]), [1, 3]);
    assert.throws(() => range([]), RangeError);
  });

  test('have a ratio above 1 when the other takes longer', () => {
    const ratio = compareTimes([4, 6, 20], [2, 2, 5])!;
    assert.deepEqual(ratio, { speed: 3, medianOfRounds: 3, range: [2, 4], rounds: 3 });
  });

  test('compare only rounds that both completed', () => {
    assert.deepEqual(compareTimes([4, 6], [2, 3, 100])!.range, [2, 2]);
    assert.equal(compareTimes([4, 6], [2, 3, 100])!.speed, 2);
    assert.deepEqual(compareTimes([4, 6, 100], [2, 3]), { speed: 2, medianOfRounds: 2, range: [2, 2], rounds: 2 });
    assert.equal(compareTimes([], [1]), undefined);
    assert.equal(compareTimes([1], []), undefined);
  });
});
