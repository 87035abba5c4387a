import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { jackknifeInterval } from '../../../src/evaluation/jackknife.js';
import { classRateOf } from '../../../src/evaluation/metrics/class-rate.js';
import { diversityOf } from '../../../src/evaluation/metrics/diversity.js';
import { frechetDistanceOf } from '../../../src/evaluation/metrics/frechet-distance.js';
import { PatchSet } from '../../../src/evaluation/metrics/patch-set.js';
import { precisionRecallOf } from '../../../src/evaluation/metrics/precision-recall.js';
import { meanOfPairs } from '../../../src/evaluation/metrics/resampled-pairs.js';
import { slicedWassersteinOf } from '../../../src/evaluation/metrics/sliced-wasserstein.js';
import { influences, wasserstein } from '../../../src/evaluation/metrics/wasserstein.js';
import { shareInterval } from '../../../src/evaluation/share-interval.js';
import type { MetricValue } from '../../../src/registry/kinds/metric.js';
import { featuresOf, randomFeatures } from './features.js';

before(() => loadTensorFlow());

const near = (found: number, expected: number, bound: number) =>
  assert.ok(Math.abs(found - expected) < bound, `${found}, expected ${expected}`);

/** The interval is about as wide as the spread of values over new samples, and covers their mean most of the time. */
function assertCovers(found: readonly MetricValue[], { widest = 1.6 } = {}): void {
  const values = found.map(({ value }) => value);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  const estimated = found.reduce((sum, { interval }) => sum + (interval![1] - interval![0]) / 3.92, 0) / found.length;
  assert.ok(estimated > 0.7 * spread && estimated < widest * spread, `${estimated}, spread ${spread}`);
  const covering = found.filter(({ interval }) => interval![0] <= mean && mean <= interval![1]).length;
  assert.ok(covering >= 0.85 * found.length, `${covering} of ${found.length}`);
}

const samples = async (count: number, of: (i: number) => Promise<MetricValue>) => {
  const found: MetricValue[] = [];
  for (let i = 0; i < count; i++) found.push(await of(i));
  return found;
};

describe('the Fréchet distance', () => {
  test('of numbers is the squared difference of means and of deviations, divided by n - 1', async () => {
    // Means 1 and 6; deviations √2 and 3√2.
    const { value, count } = await frechetDistanceOf(featuresOf([[0], [2]]), featuresOf([[3], [9]]));
    near(value, 25 + (3 - 1) ** 2 * 2, 1e-4);
    assert.equal(count, 2);
  });

  test('is 0 for the same images, symmetric, and the squared distance of means for a shift', async () => {
    const x = randomFeatures('x', 20, 50);
    const shifted = { ...x, values: x.values.map((value) => value + 0.5) };
    near((await frechetDistanceOf(x, x)).value, 0, 1e-3);
    near((await frechetDistanceOf(x, shifted)).value, 50 * 0.25, 1e-3);
    const y = randomFeatures('y', 30, 50, { spread: 2 });
    near((await frechetDistanceOf(x, y)).value, (await frechetDistanceOf(y, x)).value, 1e-3);
  });

  test('is the same with a QR decomposition first, which more images than features need', async () => {
    const [x, y] = [randomFeatures('x', 40, 6), randomFeatures('y', 50, 6, { spread: 2 })];
    // Features of zeros change nothing, and make more features than images.
    const padded = ({ count, width, values }: typeof x) => {
      const wide = new Float32Array(count * 60);
      for (let i = 0; i < count; i++) wide.set(values.subarray(i * width, (i + 1) * width), i * 60);
      return { count, width: 60, values: wide };
    };
    const [narrow, wide] = [await frechetDistanceOf(x, y), await frechetDistanceOf(padded(x), padded(y))];
    near(narrow.value, wide.value, 1e-3);
    narrow.interval!.forEach((end, i) => near(end, wide.interval![i]!, 1e-3));
  });

  test('has an interval as wide as its spread over new samples, with fewer and with more images than features', async () => {
    for (const [n, m, width] of [
      [60, 70, 200],
      [200, 150, 10],
    ] as const) {
      const draw = (i: number) =>
        frechetDistanceOf(
          randomFeatures(`x${i}`, n, width, { shift: 0.3, spread: 1.2 }),
          randomFeatures(`y${i}`, m, width),
        );
      assertCovers(await samples(60, draw));
    }
  });
});

describe('precision and recall', () => {
  // Targets at 0, 1, 2, 3: their second nearest neighbours are at 2, 1, 1, 2.
  const targets = featuresOf([[0], [1], [2], [3]]);

  test('count the images within reach of the other set, by hand', async () => {
    const translated = featuresOf([[-2], [5.5], [4.9], [1.5]]);
    const { precision, recall, nearest } = await precisionRecallOf(translated, targets, 2);
    // -2 is 2 from 0, 4.9 is 1.9 from 3, 1.5 is inside, and 5.5 is 2.5 from 3.
    assert.equal(precision.value, 0.75);
    // Reaches of the translations: 6.9, 4, 3.4, 3.5; every target is within that of -2.
    assert.equal(recall.value, 1);
    nearest.forEach((distance, i) => near(distance, [2, 2.5, 1.9, 0.5][i]!, 1e-5));
  });

  test('tell a collapsed generator, precise without recall, from one that is everywhere', async () => {
    const real = randomFeatures('real', 100, 8);
    const same = { ...real, values: real.values.map((_, i) => 0.1 + 0.001 * real.values[i]!) };
    const collapsed = await precisionRecallOf(same, real, 3);
    assert.ok(collapsed.precision.value > 0.9 && collapsed.recall.value < 0.1);
    const wide = await precisionRecallOf(randomFeatures('wide', 100, 8, { spread: 4 }), real, 3);
    assert.ok(wide.precision.value < 0.2 && wide.recall.value > 0.8);
  });

  test('are not numbers if there are no more images than neighbours', async () => {
    const { precision, recall } = await precisionRecallOf(featuresOf([[1], [2]]), targets, 2);
    assert.deepEqual([precision.value, recall.value], [NaN, NaN]);
  });
});

describe('the mean over pairs of a resample', () => {
  test('counts an image as often as it is drawn, and never with its own copy', async () => {
    const matrix = Float64Array.of(9, 1, 2, 1, 9, 4, 2, 4, 9);
    // Drawn twice, once and not: only the pair of 1; then all three once; then one image only, which has no pair.
    const counts = Float32Array.of(2, 1, 0, 1, 1, 1, 3, 0, 0);
    const [twice, once, alone] = await meanOfPairs(counts, matrix, 3);
    near(twice!, 1, 1e-6);
    near(once!, (1 + 2 + 4) / 3, 1e-6);
    assert.ok(Number.isNaN(alone));
  });
});

describe('diversity', () => {
  test('is the mean distance of two translations as a share of that of two targets', async () => {
    // Distances 1, 2, 3 against 2, 4, 6.
    const { value } = await diversityOf(featuresOf([[0], [1], [3]]), featuresOf([[0], [2], [6]]));
    near(value, 0.5, 1e-5);
  });

  test('raises an alarm where nearly all translations are the same, and for no other generator', async () => {
    const real = randomFeatures('real', 50, 20);
    const collapsed = await diversityOf(randomFeatures('x', 40, 20, { spread: 0.05 }), real);
    near(collapsed.value, 0.05, 0.01);
    assert.match(collapsed.alarm!, /look the same/);
    assert.equal((await diversityOf(randomFeatures('x', 40, 20, { spread: 0.6 }), real)).alarm, undefined);
  });

  test('has an interval as wide as its spread over new samples', async () => {
    assertCovers(
      await samples(60, (i) => diversityOf(randomFeatures(`x${i}`, 40, 20), randomFeatures(`y${i}`, 40, 20))),
    );
  });
});

describe('the rate of a class', () => {
  const features = (logits: number[][]) => ({
    ...featuresOf(logits.map(() => [0])),
    logits: Float32Array.from(logits.flat()),
  });

  test('is the share of images whose first answer it is', () => {
    const given = features([[0, 2, 1], [3, 1, 2], [0, 1, 0.5], [1, 2, 3]]); // prettier-ignore
    const { values, perImage } = classRateOf(given, 1);
    assert.deepEqual([values.value, values.count, perImage], [0.5, 4, [1, 0, 1, 0]]);
  });

  test('is refused for a class that the extractor does not have, and without classes', () => {
    assert.throws(() => classRateOf(features([[1, 2, 3]]), 3), /class 3, and the extractor knows the classes 0 to 2/);
    assert.throws(() => classRateOf(featuresOf([[1]]), 0), /needs an extractor that classifies/);
  });
});

describe('the interval of a share', () => {
  test('is Wilson’s, and has a width where all images agree', () => {
    // statsmodels 0.14: proportion_confint(30, 40, method='wilson'), and (0, 10).
    const [low, high] = shareInterval(0.75, 40);
    near(low, 0.5981, 1e-4);
    near(high, 0.8581, 1e-4);
    near(shareInterval(0, 10)[1], 0.2775, 1e-4);
    assert.equal(shareInterval(0, 10)[0], 0);
  });
});

describe('the infinitesimal jackknife', () => {
  test('of a mean is its standard error', () => {
    const [low, high] = jackknifeInterval(2, [[-1, 1, -1, 1]]);
    near(high - 2, 1.96 * 0.5, 1e-3);
    near(2 - low, 1.96 * 0.5, 1e-3);
  });
});

describe('the sliced Wasserstein distance', () => {
  const set = async (key: string, count: number, appearance = {}) => {
    const patches = new PatchSet(8);
    for (let i = 0; i < count; i++) {
      const { values } = randomFeatures(`${key}${i}`, 1, 32 * 32 * 3, { spread: 0.3, ...appearance });
      const image = tf.tensor4d(values, [1, 32, 32, 3]);
      await patches.add(image);
      image.dispose();
    }
    return patches;
  };

  test('of numbers is the area between their distributions, with sets of any size', () => {
    assert.equal(wasserstein(Float32Array.of(0, 1), Float32Array.of(2, 3)), 2);
    near(wasserstein(Float32Array.of(0, 3), Float32Array.of(0, 0, 3)), 0.5, 1e-6);
  });

  test('changes with the weight of a number by its influence', () => {
    const [a, b] = [Float32Array.of(0, 1, 4, 6), Float32Array.of(2, 3, 3.5)];
    const [heavier, lighter] = [Float32Array.of(0, 0, 1, 1, 4, 4, 4, 6, 6), Float32Array.of(0, 0, 1, 1, 4, 4, 6, 6)];
    const own = influences(a, b, a);
    const mean = own.reduce((sum, each) => sum + each, 0) / 4;
    // One ninth more of the number 4: the distance is linear in the weights as long as the distributions do not cross elsewhere.
    near(wasserstein(heavier, b) - wasserstein(lighter, b), (own[2]! - mean) / 9, 1e-5);
  });

  test('is 0 for the same images, little for others of their kind, and more for others: of another colour or texture', async () => {
    const tensors = tf.memory().numTensors;
    const real = await set('real', 12);
    const of = async (other: PatchSet) => (await slicedWassersteinOf(other, real, 64)).value;
    assert.equal(await of(await set('real', 12)), 0);
    const floor = await of(await set('other', 12));
    assert.ok((await of(await set('other', 12, { shift: 0.3 }))) > 3 * floor);
    assert.ok((await of(await set('other', 12, { spread: 0.5 }))) > 3 * floor);
    assert.equal(tf.memory().numTensors, tensors);
  });
});
