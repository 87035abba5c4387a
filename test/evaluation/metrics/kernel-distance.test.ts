import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { kernelDistanceOf } from '../../../src/evaluation/metrics/kernel-distance.js';
import type { Features } from '../../../src/registry/kinds/metric.js';
import { featuresOf, randomFeatures, rowOf } from './features.js';

before(() => loadTensorFlow());

const ALL = { subsets: 1, subset_size: 1000 };
const near = (found: number, expected: number, bound: number) =>
  assert.ok(Math.abs(found - expected) < bound, `${found}, expected ${expected}`);

/** The unbiased estimator of Bińkowski et al. 2018, equation 4, pair by pair. */
function plain(x: Features, y: Features): number {
  const kernel = (a: Features, i: number, b: Features, j: number) => {
    const other = rowOf(b, j);
    return (rowOf(a, i).reduce((sum, value, k) => sum + value * other[k]!, 0) / a.width + 1) ** 3;
  };
  const mean = (a: Features, b: Features) => {
    let [sum, pairs] = [0, 0];
    for (let i = 0; i < a.count; i++) {
      for (let j = 0; j < b.count; j++) {
        if (a === b && i === j) continue;
        sum += kernel(a, i, b, j);
        pairs += 1;
      }
    }
    return sum / pairs;
  };
  return mean(x, x) + mean(y, y) - 2 * mean(x, y);
}

describe('the kernel distance', () => {
  test('is that of two pairs of numbers, computed by hand', async () => {
    // Kernels (xy + 1)³: 0·1 gives 1, 2·3 gives 343, and across 1, 1, 27, 64. So 1 + 343 - 2 · 93/4.
    const { value, count } = await kernelDistanceOf(featuresOf([[0], [1]]), featuresOf([[2], [3]]), ALL);
    near(value, 297.5, 1e-3);
    assert.equal(count, 2);
  });

  test('divides the dot product by the number of features', async () => {
    const twice = (rows: number[][]) => featuresOf(rows.map(([value]) => [value!, value!]));
    near((await kernelDistanceOf(twice([[0], [1]]), twice([[2], [3]]), ALL)).value, 297.5, 1e-3);
  });

  test('of equally many images is the unbiased estimator over all pairs, in any number of subsets', async () => {
    const [x, y] = [randomFeatures('x', 12, 5), randomFeatures('y', 12, 5, { shift: 0.5 })];
    for (const subsets of [1, 7]) near((await kernelDistanceOf(x, y, { ...ALL, subsets })).value, plain(x, y), 1e-5);
  });

  test('of more images than a subset is the mean over random subsets, which differ and repeat', async () => {
    const [x, y] = [randomFeatures('x', 30, 5), randomFeatures('y', 40, 5, { shift: 0.5 })];
    const of = async (options: typeof ALL) => (await kernelDistanceOf(x, y, options)).value;
    const [one, many] = [await of({ subsets: 1, subset_size: 10 }), await of({ subsets: 400, subset_size: 10 })];
    assert.notEqual(one, many);
    assert.equal(many, await of({ subsets: 400, subset_size: 10 }));
    near(many, plain(x, y), 0.15 * plain(x, y));
  });

  test('is small, of either sign, for two samples of the same distribution', async () => {
    const values = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const [x, y] = [randomFeatures(`x${i}`, 40, 20), randomFeatures(`y${i}`, 40, 20)];
        return (await kernelDistanceOf(x, y, ALL)).value;
      }),
    );
    assert.ok(values.some((value) => value < 0) && values.some((value) => value > 0), String(values));
    near(values.reduce((sum, value) => sum + value, 0) / values.length, 0, 0.02);
  });

  test('is not a number for a single image, without an interval', async () => {
    const found = await kernelDistanceOf(featuresOf([[1, 2]]), randomFeatures('y', 5, 2), ALL);
    assert.deepEqual(found, { value: NaN, count: 1 });
  });

  test('leaves no tensors', async () => {
    const tensors = tf.memory().numTensors;
    await kernelDistanceOf(randomFeatures('x', 9, 5), randomFeatures('y', 7, 5), ALL);
    assert.equal(tf.memory().numTensors, tensors);
  });
});

describe('the interval of the kernel distance', () => {
  test('contains the value in its middle, not above it: no image meets its own copy', async () => {
    const [x, y] = [randomFeatures('x', 60, 200), randomFeatures('y', 60, 200, { shift: 0.2 })];
    const { value, interval } = await kernelDistanceOf(x, y, ALL);
    const [low, high] = interval!;
    assert.ok(low < value && value < high, `${low} ${value} ${high}`);
    near((low + high) / 2, value, (high - low) / 4);
  });

  test('has the width of the spread over new samples', async () => {
    const draw = (i: number) =>
      [randomFeatures(`x${i}`, 50, 10), randomFeatures(`y${i}`, 50, 10, { shift: 0.7 })] as const;
    const found = await Promise.all(Array.from({ length: 120 }, (_, i) => kernelDistanceOf(...draw(i), ALL)));
    const values = found.map(({ value }) => value).sort((a, b) => a - b);
    const width = values[116]! - values[3]!;
    const widths = found.map(({ interval }) => interval![1] - interval![0]);
    const mean = widths.reduce((sum, each) => sum + each, 0) / widths.length;
    assert.ok(mean > 0.7 * width && mean < 1.4 * width, `${mean} against ${width}`);
    const truth = values.reduce((sum, value) => sum + value, 0) / values.length;
    const covering = found.filter(({ interval }) => interval![0] <= truth && truth <= interval![1]).length;
    assert.ok(covering > 0.85 * found.length, `${covering} of ${found.length}`);
  });
});
