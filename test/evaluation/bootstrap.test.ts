import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bootstrapInterval } from '../../src/evaluation/bootstrap.js';
import { keyedRandom } from '../../src/support/keyed-random.js';

describe('a bootstrap interval', () => {
  test('lies between the percentiles of the statistic over the resamples, linear between neighbours', () => {
    let call = 0;
    const interval = bootstrapInterval(5, () => call++, { resamples: 1001, level: 0.95 });
    assert.deepEqual(interval.map(rounded), [25, 975]);
    call = 0;
    // numpy.quantile([0, 1, 2, 3, 4], [0.05, 0.95])
    assert.deepEqual(bootstrapInterval(5, () => call++, { resamples: 5, level: 0.9 }).map(rounded), [0.2, 3.8]);
  });

  test('of a mean has the width that the central limit theorem gives', () => {
    const random = keyedRandom('sample');
    const values = Array.from({ length: 400 }, () => random.float());
    const mean = average(values);
    const deviation = Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
    const half = (1.959964 * deviation) / Math.sqrt(values.length);
    const [low, high] = bootstrapInterval(values.length, (at) => average(Array.from(at, (i) => values[i]!)), {
      resamples: 4000,
    });
    assert.ok(Math.abs(mean - low - half) < 0.08 * half, `${mean - low} for ${half}`);
    assert.ok(Math.abs(high - mean - half) < 0.08 * half, `${high - mean} for ${half}`);
  });

  test('draws every item equally often, with replacement', () => {
    const drawn = [0, 0, 0, 0];
    let repeats = 0;
    bootstrapInterval(4, (at) => {
      assert.equal(at.length, 4);
      for (const i of at) drawn[i]! += 1;
      if (new Set(at).size < 4) repeats += 1;
      return 0;
    });
    for (const count of drawn) assert.ok(Math.abs(count - 1000) < 120, drawn.join());
    // All of 4 items are drawn once with probability 4!/4^4 = 0.094.
    assert.ok(repeats > 850 && repeats < 960, String(repeats));
  });

  test('is the same for equal seeds, and another for others', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    const statistic = (at: Int32Array) => average(Array.from(at, (i) => values[i]!));
    const of = (seed: number) => bootstrapInterval(10, statistic, { seed, resamples: 50 });
    assert.deepEqual(of(1), of(1));
    assert.notDeepEqual(of(1), of(2));
  });

  test('leaves out results that are not finite, and has no bounds without any', () => {
    let call = 0;
    const mixed = () => (call++ % 2 === 0 ? NaN : 7);
    assert.deepEqual(bootstrapInterval(3, mixed), [7, 7]);
    assert.deepEqual(
      bootstrapInterval(3, () => NaN),
      [NaN, NaN],
    );
    assert.deepEqual(
      bootstrapInterval(0, () => 1),
      [NaN, NaN],
    );
  });
});

function average(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function rounded(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}
