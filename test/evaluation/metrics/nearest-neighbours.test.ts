import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { distanceValue, nearestOf } from '../../../src/evaluation/metrics/nearest-neighbours.js';
import { featuresOf, randomFeatures, rowOf } from './features.js';

before(() => loadTensorFlow());

/** By another formula: 1 - cosine is half the squared distance of the unit vectors. */
function plainDistance(a: readonly number[], b: readonly number[]): number {
  const unit = (row: readonly number[]) => row.map((value) => value / Math.hypot(...row));
  const [u, v] = [unit(a), unit(b)];
  return u.reduce((sum, value, k) => sum + (value - v[k]!) ** 2, 0) / 2;
}

describe('the nearest training image', () => {
  test('is the one of the least angle, of any length, with the cosine distance', async () => {
    const { distances, rows } = await nearestOf(featuresOf([[2, 0], [1, 1]]), featuresOf([[0, 5], [3, 4], [1, 0.1]])); // prettier-ignore
    assert.deepEqual(rows, [2, 1]);
    // Angles of 5.71° and of 8.13°.
    assert.ok(Math.abs(distances[0]! - (1 - 1 / Math.sqrt(1.01))) < 1e-7);
    assert.ok(Math.abs(distances[1]! - (1 - 7 / (5 * Math.SQRT2))) < 1e-7);
  });

  test('is found among more rows than are compared at once', async () => {
    const [x, y] = [randomFeatures('x', 300, 12), randomFeatures('y', 41, 12)];
    const { distances, rows } = await nearestOf(x, y);
    assert.equal(distances.length, 300);
    for (let i = 0; i < 300; i++) {
      const all = Array.from({ length: 41 }, (_, j) => plainDistance(rowOf(x, i), rowOf(y, j)));
      assert.ok(Math.abs(distances[i]! - Math.min(...all)) < 1e-9, `row ${i}`);
      assert.ok(Math.abs(all[rows[i]!]! - distances[i]!) < 1e-9, `row ${i}`);
    }
  });

  test('of a copy is at distance 0, also where single precision would show noise', async () => {
    const y = randomFeatures('y', 30, 1280, { shift: 3 });
    const { distances, rows } = await nearestOf(y, y);
    assert.deepEqual(rows, Array.from({ length: 30 }, (_, i) => i)); // prettier-ignore
    assert.ok(distances.every((distance) => distance < 1e-12));
  });

  test('of features that are all zero is at distance 1', async () => {
    assert.deepEqual((await nearestOf(featuresOf([[0, 0]]), featuresOf([[1, 0]]))).distances, [1]);
  });
});

describe('the distances of translations', () => {
  const [train, heldOut] = [randomFeatures('train', 400, 16), randomFeatures('held out', 60, 16)];
  const value = async (of: ReturnType<typeof randomFeatures>) =>
    distanceValue((await nearestOf(of, train)).distances, (await nearestOf(heldOut, train)).distances);

  test('have their mean beside that of held-out images, with an interval and counts', () => {
    const { value, count, interval, real, realCount } = distanceValue([0.1, 0.2, 0.3, 0.6], [0.2, 0.4]);
    assert.deepEqual([value, count, real, realCount].map((n) => Number(n!.toFixed(9))), [0.3, 4, 0.3, 2]); // prettier-ignore
    assert.ok(interval![0] > 0.1 && interval![0] < 0.3 && interval![1] > 0.3 && interval![1] < 0.6);
  });

  test('have no mean of held-out images where there are none', () => {
    assert.deepEqual(Object.keys(distanceValue([0.1, 0.2], [])), ['value', 'count', 'interval']);
  });

  test('say that a generator copies that gives slightly changed training images', async () => {
    const noise = randomFeatures('noise', 50, 16, { spread: 0.05 });
    const copies = { ...noise, values: noise.values.map((each, i) => each + train.values[i]!) };
    const { value: mean, real, alarm } = await value(copies);
    assert.ok(mean < real! / 10);
    assert.match(
      alarm!,
      /^50 of 50 translations are far closer to a training image than .* \(only \d of 60\): the generator seems to copy/,
    );
  });

  test('say so also of one that copies half of the time', async () => {
    const mixed = randomFeatures('mixed', 60, 16);
    mixed.values.set(train.values.subarray(0, 30 * 16));
    assert.match((await value(mixed)).alarm!, /^3\d of 60 /);
  });

  test('say nothing of images that are like the training images and none of them, or unlike them', async () => {
    assert.equal((await value(randomFeatures('ordinary', 60, 16))).alarm, undefined);
    assert.equal((await value(randomFeatures('other', 60, 16, { shift: 2 }))).alarm, undefined);
  });

  test('say nothing of a few near copies where held-out images have as many', () => {
    const few = [...Array<number>(3).fill(0.01), ...Array<number>(57).fill(0.2)];
    assert.equal(distanceValue(few, few).alarm, undefined);
  });
});
