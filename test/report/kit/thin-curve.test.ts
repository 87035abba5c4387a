import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { extremesOf, meansOver } from '../../../src/report/kit/thin-curve.js';

describe('a curve of more points than can be seen', () => {
  const values = Array.from({ length: 50_000 }, (_, i) => Math.sin(i / 900));
  values[31_234] = 9;
  values[17_000] = -9;
  const steps = values.map((_, i) => 3 * i);
  const thin = extremesOf({ steps, values }, 1000);

  test('keeps its spikes, its ends and its order', () => {
    assert.ok(thin.steps.length <= 1000 && thin.steps.length > 900, String(thin.steps.length));
    assert.equal(thin.values[thin.steps.indexOf(3 * 31_234)], 9);
    assert.equal(thin.values[thin.steps.indexOf(3 * 17_000)], -9);
    assert.deepEqual([thin.steps[0], thin.steps.at(-1)], [0, 3 * 49_999]);
    assert.ok(thin.steps.every((step, i) => i === 0 || step > thin.steps[i - 1]!));
  });

  test('keeps a value that is not a number', () => {
    const broken = values.map((value, i) => (i === 40_000 ? NaN : value));
    assert.ok(extremesOf({ steps, values: broken }, 1000).values.some(Number.isNaN));
  });

  test('of few points stays as it is', () => {
    assert.deepEqual(extremesOf({ steps: [1, 2], values: [3, 4] }), { steps: [1, 2], values: [3, 4] });
  });
});

describe('means over stretches of a curve', () => {
  test('are of the finite values and the steps in each', () => {
    const curve = { steps: [1, 2, 3, 4, 5, 6, 7], values: [1, 3, NaN, 5, 7, 10, 20] };
    assert.deepEqual(meansOver(curve, 3), { steps: [1.5, 4.5, 6.5], values: [2, 6, 15] });
  });

  test('keep each point that has a stretch of its own', () => {
    const curve = { steps: [0, 100, 900], values: [1, 2, 3] };
    assert.deepEqual(meansOver(curve, 50), curve);
  });

  test('are one mean where the curve has no length', () => {
    assert.deepEqual(meansOver({ steps: [0, 0], values: [1, 3] }, 0), { steps: [0], values: [2] });
  });
});
