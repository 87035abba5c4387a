import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey } from '../../src/engine/random-tensors.js';
import { unet } from '../../src/models/unet.js';
import { cycleGanMethod, gradients, type CycleGan } from '../../src/methods/cyclegan.js';
import { createTrainer, type Trainer } from '../../src/training/trainer.js';
import { histogramOf, spreadOf } from '../../src/training/trainer/spread.js';
import type { Histogram } from '../../src/registry/kinds/record.js';
import { initialState, modelOf, patternImages, SMALL, weightsOf } from '../methods/numerics.js';

before(() => loadTensorFlow());

const [SIZE, SEED] = [16, 3];
const plain = modelOf(SMALL);
const generator = () =>
  unet.create({ norm: 'instance', width: 2, depth: 3, dropout: 0.5, slope: 0.3 }, { imageSize: SIZE, channels: 3 });
const model: CycleGan = { ...plain, G: generator(), F: generator() };
const images = () => ({ x: patternImages('x', 1, SIZE), y: patternImages('y', 1, SIZE) });
const trainerOf = (mode: 'graph' | 'eager', inspects: boolean): Trainer =>
  createTrainer(cycleGanMethod(model), { mode, precision: 'float32', seed: SEED, shape: [1, SIZE, SIZE, 3], inspects });

describe('the spread of a tensor', () => {
  const of = (...numbers: number[]) => histogramOf(spreadOf(tf.tensor1d(numbers)));

  test('counts numbers in 30 cells of equal width between the least and the greatest, both of them inside', () => {
    const numbers = Array.from({ length: 31 }, (_, i) => i - 15);
    const { min, max, counts } = of(...numbers)!;
    assert.deepEqual([min, max], [-15, 15]);
    assert.deepEqual(counts, [...new Array<number>(29).fill(1), 2]);
  });

  test('numbers that are not finite are left out', () => {
    assert.deepEqual(of(NaN, 1, Infinity, 2, -Infinity, 2), of(1, 2, 2));
    assert.equal(of(NaN, Infinity), undefined);
  });

  test('equal numbers are all in the first cell', () => {
    assert.deepEqual(of(0.25, 0.25, 0.25), { min: 0.25, max: 0.25, counts: [3, ...new Array<number>(29).fill(0)] });
  });

  test('numbers as far apart as numbers can be', () => {
    const { counts } = of(-3.4e38, 0, 3.4e38)!;
    assert.deepEqual([counts[0], counts[15], counts[29]], [1, 1, 1]);
  });
});

for (const mode of ['graph', 'eager'] as const) {
  describe(`an inspection, ${mode}`, () => {
    test('tells of every weight what its numbers say, and of its gradient what the step’s say', () => {
      const trainer = trainerOf(mode, true);
      const batch = images();
      const found = trainer.inspect(batch, 4);
      const weights = weightsOf(initialState(model, SEED));
      const expected = { weights, gradients: gradients(model, weights, batch, { key: randomKey(SEED, 4) }).gradients };
      let tensors = 0;
      for (const [what, networks] of Object.entries(expected)) {
        for (const [network, named] of Object.entries(networks)) {
          for (const [name, tensor] of Object.entries(named as Record<string, Tensor>)) {
            const path = `${what}/${network}/${name}`;
            // A traced gradient rounds differently: its numbers may cross the border of a cell.
            const crossing = what === 'weights' ? 0 : Math.ceil(tensor.size / 100) + 1;
            same(found[path], counted(tensor.dataSync()), crossing, path);
            tensors++;
          }
        }
      }
      assert.equal(Object.keys(found).length, tensors);
      trainer.dispose();
    });

    test('changes nothing in training, and leaves no tensor behind', () => {
      const [watched, other] = [trainerOf(mode, true), trainerOf(mode, false)];
      const batch = images();
      const losses = (trainer: Trainer, watch: boolean) =>
        Array.from({ length: 3 }, (_, step) => {
          const before = tf.memory().numTensors;
          if (watch) trainer.inspect(batch, step);
          assert.equal(tf.memory().numTensors, before);
          return trainer.step(batch, step, 2e-4);
        });
      watched.initialize();
      other.initialize();
      assert.deepEqual(losses(watched, true), losses(other, false));
      watched.dispose();
      other.dispose();
    });

    test('can be asked for unannounced, in the middle of training', () => {
      const [trainer, announced] = [trainerOf(mode, false), trainerOf(mode, true)];
      const batch = images();
      const inspected = (one: Trainer) => {
        one.step(batch, 0, 2e-4);
        const found = one.inspect(batch, 1);
        return [found, one.step(batch, 1, 2e-4)];
      };
      assert.deepEqual(inspected(trainer), inspected(announced));
      trainer.dispose();
      announced.dispose();
    });

    test('says whether all numbers are finite, the optimizers’ too', () => {
      const trainer = trainerOf(mode, false);
      const batch = images();
      trainer.step(batch, 0, 2e-4);
      assert.equal(trainer.finite(), true);
      trainer.step({ ...batch, x: tf.mul(batch.x, NaN) }, 1, 0);
      assert.equal(trainer.finite(), false);
      trainer.dispose();
    });
  });
}

/** The histogram in plain JavaScript, rounded to float32 as tensors are. */
function counted(numbers: ArrayLike<number>): Histogram {
  const all = Array.from(numbers);
  const [min, max] = [Math.min(...all), Math.max(...all)];
  const width = Math.fround(max / 2 - min / 2);
  const counts = new Array<number>(30).fill(0);
  for (const x of all) {
    const place = width > 0 ? Math.fround(Math.fround(x / 2 - min / 2) / width) : 0;
    counts[Math.min(29, Math.floor(Math.fround(place * 30)))]! += 1;
  }
  return { min, max, counts };
}

/** @param crossing how many numbers may be counted elsewhere */
function same(found: Histogram | undefined, expected: Histogram, crossing: number, path: string): void {
  assert.ok(found, `${path} is missing`);
  const size = Math.max(Math.abs(expected.min), Math.abs(expected.max));
  for (const end of ['min', 'max'] as const) {
    const bound = crossing === 0 ? 0 : 2e-5 * size + 1e-6;
    assert.ok(Math.abs(found[end] - expected[end]) <= bound, `${path}: ${end} is ${found[end]}, not ${expected[end]}`);
  }
  // What is nought but for rounding (the gradient before a norm) has no shape to compare.
  if (size < 1e-5) return;
  const elsewhere = expected.counts.reduce((sum, count, i) => sum + Math.abs(count - found.counts[i]!), 0) / 2;
  assert.ok(elsewhere <= crossing, `${path}: ${elsewhere} numbers are counted elsewhere`);
}
