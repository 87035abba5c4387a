import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { pix2PixMethod, type Pix2Pix } from '../../src/methods/pix2pix.js';
import { builtins } from '../../src/app/builtins.js';
import type { Direction } from '../../src/registry/kinds/export-format.js';
import type { Network } from '../../src/registry/kinds/network.js';
import { make } from '../../src/registry/make.js';
import { stepInputs, trainStep } from '../../src/training/trainer/step.js';
import { patternImages } from './numerics.js';

before(() => loadTensorFlow());

const scalar = (name: string, mean: number) => ({ name, shape: [], initial: { kind: 'normal', mean, stddev: 0 } }) as const; // prettier-ignore

/** x -> x / 2. */
const halves: Network = {
  weights: [scalar('w', 0.5)],
  apply: ({ w }, x) => tf.mul(x, w as Scalar),
};
/** The mean over the first image's channels plus twice the second's, of 6 channels. */
const judges: Network = {
  weights: [scalar('first', 1), scalar('second', 2)],
  apply: ({ first, second }, pair) => {
    assert.equal(pair.shape[3], 6);
    const [a, b] = tf.split(pair, 2, 3).map((image) => tf.mean<Tensor4D>(image, 3, true));
    return tf.add(tf.mul(a!, first as Scalar), tf.mul(b!, second as Scalar));
  },
};

const { adversarial, optimizer } = builtins();
const modelOf = (direction: Direction): Pix2Pix => ({
  G: halves,
  D: judges,
  adversarial: make(adversarial, 'least-squares', undefined),
  lambda: 100,
  optimizer: make(optimizer, 'adam', undefined),
  direction,
});
const constant = (value: number) => tf.fill<tf.Rank.R4>([1, 4, 4, 3], value);
const near = (found: number, expected: number, what: string) =>
  assert.ok(Math.abs(found - expected) < 1e-4, `${what} is ${found} instead of ${expected}`);

function lossesOf(direction: Direction, x: number, y: number): Readonly<Record<string, number>> {
  const method = pix2PixMethod(modelOf(direction));
  const { losses } = method.gradients(method.initial(1), { x: constant(x), y: constant(y) }, stepInputs(1, 0, 0));
  return Object.fromEntries(Object.entries(losses).map(([name, loss]) => [name, loss.dataSync()[0]!]));
}

describe('a step of Pix2Pix', () => {
  test('weighs the L1 loss with lambda, and shows the discriminator each image beside its translation', () => {
    const losses = lossesOf('AtoB', 0.4, 0.6);
    near(losses['l1']!, 0.4, 'L1'); // |0.6 - 0.2|
    near(losses['G/adversarial']!, (0.4 + 2 * 0.2 - 1) ** 2, 'the adversarial loss');
    near(losses['G/total']!, losses['G/adversarial']! + 100 * 0.4, 'the total of G');
    near(losses['D/total']!, 0.5 * ((0.4 + 2 * 0.6 - 1) ** 2 + (0.4 + 2 * 0.2) ** 2), 'the total of D');
  });

  test('penalizes the gradient of the discriminator by both images of a pair', () => {
    const penalty = make(builtins().penalty, { type: 'wgan-gp', weight: 7 }, undefined);
    const method = pix2PixMethod({ ...modelOf('AtoB'), penalty });
    const batch = { x: constant(0.4), y: constant(0.6) };
    const { losses } = method.gradients(method.initial(1), batch, stepInputs(1, 0, 0));
    // By each pixel's three channels of the first image 1/3, of the second 2/3.
    const norm = Math.sqrt(4 * 4 * 3 * (1 / 9 + 4 / 9));
    near(losses['D/penalty']!.dataSync()[0]!, (norm - 1) ** 2, 'the penalty');
    near(losses['D/total']!.dataSync()[0]!, lossesOf('AtoB', 0.4, 0.6)['D/total']! + 7 * (norm - 1) ** 2, 'the total');
  });

  test('translates the images of B with direction BtoA', () => {
    assert.deepEqual(lossesOf('BtoA', 0.6, 0.4), lossesOf('AtoB', 0.4, 0.6));
  });

  test('moves each network down its own loss, and leaves no tensor but state and losses behind', () => {
    const method = pix2PixMethod(modelOf('AtoB'));
    const batch = { x: patternImages('x', 1, 4), y: patternImages('y', 1, 4) };
    let state = method.initial(1);
    const losses: number[] = [];
    const before = tf.memory().numTensors;
    for (let step = 0; step < 60; step++) {
      const clock = stepInputs(1, step, 0.01);
      const next = trainStep(method, state, batch, clock);
      losses.push(next.losses['G/total']!.dataSync()[0]!);
      tf.dispose([state, next.losses, clock] as never);
      state = next.state;
      assert.equal(tf.memory().numTensors, before);
    }
    assert.ok(losses.at(-1)! < losses[0]!, `${losses[0]} became ${losses.at(-1)}`);
    // x and y have nothing in common, so the nearest that x * w comes is about nought.
    const w = state.G.weights['w']!.dataSync()[0]!;
    assert.ok(Math.abs(w) < 0.3, `w is ${w}`);
  });
});
