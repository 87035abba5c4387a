import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { cycleGanMethod, type CycleGan, type CycleGanState } from '../../src/methods/cyclegan.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import { stepInputs, trainStep } from '../../src/training/trainer/step.js';
import { unet } from '../../src/models/unet.js';
import { initialState, modelOf, patternImages, SMALL } from './numerics.js';

before(() => loadTensorFlow());

const model = modelOf(SMALL);
const generator = () =>
  unet.create({ norm: 'instance', width: 2, depth: 3, dropout: 0.5, slope: 0.3 }, { imageSize: 16, channels: 3 });
const withDropout: CycleGan = { ...model, G: generator(), F: generator() };

const step = (from: CycleGan, state: CycleGanState, number = 0, seed = 1) =>
  trainStep(
    cycleGanMethod(from),
    state,
    { x: patternImages('x', 1, 16), y: patternImages('y', 1, 16) },
    stepInputs(seed, number, 2e-4),
  );
const losses = (from: CycleGan, state: CycleGanState, number = 0, seed = 1) =>
  Object.fromEntries(
    Object.entries(step(from, state, number, seed).losses).map(([name, loss]) => [name, loss.dataSync()[0]!]),
  );

describe('a training step', () => {
  test('has the tutorial’s totals: adversarial, both cycles, and the generator’s identity loss', () => {
    const l = losses(model, initialState(model, 1));
    const cycle = 10 * l['cycle/forward']! + 5 * l['cycle/backward']!;
    near(l['G/total'], l['G/adversarial']! + cycle + 0.5 * 5 * l['identity/G']!);
    near(l['F/total'], l['F/adversarial']! + cycle + 0.5 * 10 * l['identity/F']!);
  });

  test('has no identity passes without an identity loss', () => {
    const without = { ...model, identity: 0 };
    const l = losses(without, initialState(without, 1));
    assert.ok(!('identity/G' in l) && !('identity/F' in l));
    near(l['G/total'], l['G/adversarial']! + 10 * l['cycle/forward']! + 5 * l['cycle/backward']!);
  });

  test('has identity losses of no weight after the steps that they guide, eager and traced', () => {
    const guided = { ...model, identitySteps: 3 };
    const images = { x: patternImages('x', 1, 16), y: patternImages('y', 1, 16) };
    const traced = (number: number) => {
      const options = { mode: 'graph', precision: 'float32', seed: 1, shape: [1, 16, 16, 3], directions: [] } as const;
      const trainer = createTrainer(cycleGanMethod(guided), options);
      const l = trainer.step(images, number, 2e-4);
      trainer.dispose();
      return l;
    };
    for (const of of [(number: number) => losses(guided, initialState(guided, 1), number), traced]) {
      for (const [number, share] of [
        [2, 1],
        [3, 0],
      ] as const) {
        // prettier-ignore
        const l = of(number);
        const cycle = 10 * l['cycle/forward']! + 5 * l['cycle/backward']!;
        near(l['G/total'], l['G/adversarial']! + cycle + share * 0.5 * 5 * l['identity/G']!);
        near(l['F/total'], l['F/adversarial']! + cycle + share * 0.5 * 10 * l['identity/F']!);
      }
    }
  });

  test('changes every network, and leaves the old state as it was', () => {
    const state = initialState(model, 1);
    const before = state.G.weights['last/kernel']!.arraySync();
    const next = step(model, state).state;
    for (const network of ['G', 'F', 'D_X', 'D_Y'] as const) {
      for (const [name, weight] of Object.entries(next[network].weights)) {
        assert.notDeepEqual(weight.arraySync(), state[network].weights[name]!.arraySync(), `${network}/${name}`);
      }
    }
    assert.deepEqual(state.G.weights['last/kernel']!.arraySync(), before);
  });

  test('is a function of state, batch, seed and step', () => {
    const state = initialState(withDropout, 1);
    assert.deepEqual(losses(withDropout, state, 4, 1), losses(withDropout, state, 4, 1));
    assert.notDeepEqual(losses(withDropout, state, 4, 1), losses(withDropout, state, 5, 1));
    assert.notDeepEqual(losses(withDropout, state, 4, 1), losses(withDropout, state, 4, 2));
    assert.deepEqual(losses(withDropout, initialState(withDropout, 1), 4, 1), losses(withDropout, state, 4, 1));
  });

  test('draws a different dropout mask in each pass', () => {
    // With G and F alike and the two domains alike, only the masks tell the passes apart.
    const state = initialState(withDropout, 1);
    const x = patternImages('x', 1, 16);
    const alike = { ...state, F: state.G, D_Y: state.D_X };
    const { losses } = trainStep(cycleGanMethod(withDropout), alike, { x, y: x }, stepInputs(1, 0, 2e-4));
    const value = (name: string) => losses[name]!.dataSync()[0];
    assert.notEqual(value('cycle/forward'), value('cycle/backward'));
    assert.notEqual(value('identity/G'), value('identity/F'));
  });

  test('keeps no tensors but the new state and the losses', () => {
    let state = initialState(withDropout, 1);
    const batch = { x: patternImages('x', 1, 16), y: patternImages('y', 1, 16) };
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) {
      const clock = stepInputs(1, i, 2e-4);
      const next = trainStep(cycleGanMethod(withDropout), state, batch, clock);
      tf.dispose([state, next.losses, clock] as never);
      state = next.state;
      assert.equal(tf.memory().numTensors, before);
    }
  });
});

test('the four networks start from different weights, reproducible from the seed', () => {
  const first = (seed: number, network: 'G' | 'F') =>
    initialState(model, seed)[network].weights['last/kernel']!.arraySync();
  assert.deepEqual(first(1, 'G'), first(1, 'G'));
  assert.notDeepEqual(first(1, 'G'), first(1, 'F'));
  assert.notDeepEqual(first(1, 'G'), first(2, 'G'));
});

function near(a: number | undefined, b: number): void {
  assert.ok(Math.abs(a! - b) < 1e-4, `${a} is not ${b}`);
}
