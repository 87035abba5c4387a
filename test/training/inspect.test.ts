import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey } from '../../src/engine/random-tensors.js';
import { unet } from '../../src/models/unet.js';
import { cycleGanMethod, gradients, type CycleGan } from '../../src/methods/cyclegan.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import type { Trainer } from '../../src/training/trainer.js';
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
  createTrainer(cycleGanMethod(model), {
    directions: ['AtoB', 'BtoA'],
    mode,
    precision: 'float32',
    seed: SEED,
    shape: [1, SIZE, SIZE, 3],
    inspects,
  });

describe('the spread of a tensor', () => {
  const of = (...numbers: number[]) => histogramOf(spreadOf(tf.tensor1d(numbers)));

  test('counts numbers in 30 cells of equal width from the smallest to the largest, both included', () => {
    const numbers = Array.from({ length: 31 }, (_, i) => i - 15);
    const { min, max, counts } = of(...numbers)!;
    assert.deepEqual([min, max], [-15, 15]);
    assert.deepEqual(counts, [...new Array<number>(29).fill(1), 2]);
  });

  test('leaves out numbers that are not finite', () => {
    assert.deepEqual(of(NaN, 1, Infinity, 2, -Infinity, 2), of(1, 2, 2));
    assert.equal(of(NaN, Infinity), undefined);
  });

  test('has equal numbers in the first cell', () => {
    assert.deepEqual(of(0.25, 0.25, 0.25), { min: 0.25, max: 0.25, counts: [3, ...new Array<number>(29).fill(0)] });
  });

  test('supports numbers that differ by more than the range of float32', () => {
    const { counts } = of(-3.4e38, 0, 3.4e38)!;
    assert.deepEqual([counts[0], counts[15], counts[29]], [1, 1, 1]);
  });
});

for (const mode of ['graph', 'eager'] as const) {
  describe(`an inspection in ${mode} mode`, () => {
    test('has the histogram of every weight, and of its gradient in the step', () => {
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
            // A traced gradient rounds differently, so its numbers may be in the next cell.
            const crossing = what === 'weights' ? 0 : Math.ceil(tensor.size / 100) + 1;
            assertSameHistogram(found[path], expectedHistogram(tensor.dataSync()), crossing, path);
            tensors++;
          }
        }
      }
      assert.equal(Object.keys(found).length, tensors);
      trainer.dispose();
    });

    test('does not change training, and leaves no tensor behind', () => {
      const [inspecting, other] = [trainerOf(mode, true), trainerOf(mode, false)];
      const batch = images();
      const losses = (trainer: Trainer, inspects: boolean) =>
        Array.from({ length: 3 }, (_, step) => {
          const before = tf.memory().numTensors;
          if (inspects) trainer.inspect(batch, step);
          assert.equal(tf.memory().numTensors, before);
          return trainer.step(batch, step, 2e-4);
        });
      inspecting.initialize();
      other.initialize();
      assert.deepEqual(losses(inspecting, true), losses(other, false));
      inspecting.dispose();
      other.dispose();
    });

    test('is possible without `inspects`, in the middle of training', () => {
      const [trainer, withInspects] = [trainerOf(mode, false), trainerOf(mode, true)];
      const batch = images();
      const inspected = (one: Trainer) => {
        one.step(batch, 0, 2e-4);
        const found = one.inspect(batch, 1);
        return [found, one.step(batch, 1, 2e-4)];
      };
      assert.deepEqual(inspected(trainer), inspected(withInspects));
      trainer.dispose();
      withInspects.dispose();
    });

    test('reports whether all numbers are finite, also those of the optimizers', () => {
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
function expectedHistogram(numbers: ArrayLike<number>): Histogram {
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

/** @param crossing how many numbers may be in another cell */
function assertSameHistogram(found: Histogram | undefined, expected: Histogram, crossing: number, path: string): void {
  assert.ok(found, `${path} is missing`);
  const size = Math.max(Math.abs(expected.min), Math.abs(expected.max));
  for (const end of ['min', 'max'] as const) {
    const bound = crossing === 0 ? 0 : 2e-5 * size + 1e-6;
    assert.ok(Math.abs(found[end] - expected[end]) <= bound, `${path}: ${end} is ${found[end]}, not ${expected[end]}`);
  }
  // A gradient that is zero except for rounding (before a norm) has no shape to compare.
  if (size < 1e-5) return;
  const elsewhere = expected.counts.reduce((sum, count, i) => sum + Math.abs(count - found.counts[i]!), 0) / 2;
  assert.ok(elsewhere <= crossing, `${path}: ${elsewhere} numbers are counted elsewhere`);
}
