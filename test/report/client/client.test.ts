import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aligned } from '../../../src/report/client/aligned.js';
import type { TestData } from '../../../src/report/client/page-data.js';
import { smoothed } from '../../../src/report/client/smoothing.js';
import { ordersOf, sorted } from '../../../src/report/client/sorting.js';
import { moved } from '../../../src/report/client/view.js';

describe('smoothing', () => {
  test('is the average of all values so far, the later ones with more weight', () => {
    // Weights 0.25, 0.5 and 1 with their sum 1.75.
    assert.deepEqual([...smoothed([4, 8, 6], 0.5)], [4, (0.5 * 4 + 8) / 1.5, (0.25 * 4 + 0.5 * 8 + 6) / 1.75]);
  });

  test('by 0 changes nothing, and keeps a constant at any weight', () => {
    assert.deepEqual([...smoothed([3, 1, 2], 0)], [3, 1, 2]);
    for (const value of smoothed([5, 5, 5, 5], 0.9)) assert.ok(Math.abs(value - 5) < 1e-12);
  });

  test('leaves out what is not finite', () => {
    const [first, gap, last] = smoothed([2, NaN, 4], 0.5);
    assert.deepEqual([first, gap, last], [2, NaN, (0.5 * 2 + 4) / 1.5]);
  });
});

test('curves are put on the union of their steps, without a value where they have none', () => {
  const { steps, values } = aligned([
    { steps: [1, 3], values: [10, 30] },
    { steps: [2, 3], values: [5, 6] },
  ]);
  assert.deepEqual([...steps], [1, 2, 3]);
  assert.deepEqual(
    values.map((each) => [...each]),
    [
      [10, NaN, 30],
      [NaN, 5, 6],
    ],
  );
});

describe('the order of test images', () => {
  const image = (name: string, ...scores: (number | string | null)[]) => ({ name, scores, source: '', translated: '' });
  const test1: TestData = {
    direction: 'AtoB',
    scores: [
      { name: 'psnr', better: 'higher' },
      { name: 'cycle-error', better: 'lower' },
    ],
    images: [image('a', 20, 0.3), image('b', 'Infinity', 0.1), image('c', null, 0.2), image('d', 10, null)],
  };
  const names = (text: string) =>
    sorted(
      test1,
      ordersOf(test1).find((order) => order.text === text)!,
    )
      .map(({ name }) => name)
      .join('');

  test('is that of the data set, or by a score, best or worst first', () => {
    assert.equal(names('data set'), 'abcd');
    assert.equal(names('psnr, best first'), 'badc');
    assert.equal(names('psnr, worst first'), 'dabc');
    assert.equal(names('cycle-error, best first'), 'bcad');
    assert.equal(names('cycle-error, worst first'), 'acbd');
  });
});

describe('a key of a chart', () => {
  const whole = [0, 100] as const;
  test('zooms about the middle, moves within the whole, or shows all', () => {
    assert.deepEqual(moved('+', { range: undefined, whole }), [25, 75]);
    assert.deepEqual(moved('+', { range: [20, 40], whole }), [25, 35]);
    assert.equal(moved('-', { range: [25, 75], whole }), null);
    assert.deepEqual(moved('ArrowLeft', { range: [2, 12], whole }), [0, 10]);
    assert.deepEqual(moved('ArrowRight', { range: [85, 95], whole }), [87, 97]);
    assert.deepEqual(moved('ArrowRight', { range: [89, 99], whole }), [90, 100]);
    assert.equal(moved('0', { range: [2, 12], whole }), null);
  });

  test('without a meaning does nothing', () => {
    assert.equal(moved('x', { range: [2, 12], whole }), undefined);
    assert.equal(moved('constructor', { range: [2, 12], whole }), undefined);
  });
});
