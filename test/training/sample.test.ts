import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { cycleGanMethod, type CycleGan } from '../../src/methods/cyclegan.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import { builtins } from '../../src/app/builtins.js';
import type { Network } from '../../src/registry/kinds/network.js';
import { make } from '../../src/registry/make.js';
import { defaults } from '../models/defaults.js';

before(() => loadTensorFlow());

/** x -> w x + b, so that networks in another order give another result; a discriminator applies it to the mean over the channels. */
function linear(w: number, b: number, kind: 'translates' | 'judges'): Network {
  return {
    weights: [{ name: 'w', shape: [], initial: { kind: 'normal', mean: w, stddev: 0 } }],
    apply: (weights, x) => {
      const input = kind === 'judges' ? tf.mean<Tensor4D>(x, 3, true) : x;
      return tf.add(tf.mul(input, weights['w'] as Scalar), b);
    },
  };
}

const { adversarial, optimizer } = builtins();
const model: CycleGan = {
  G: linear(0.5, 0, 'translates'),
  F: linear(0.25, 0.125, 'translates'),
  D_X: linear(2, 1, 'judges'),
  D_Y: linear(4, -1, 'judges'),
  adversarial: { ...make(adversarial, { type: 'bce' }, undefined), realness: (scores) => tf.mul(scores, -8) },
  lambda: { forward: 10, backward: 10 },
  identity: 0.5,
  optimizer: make(optimizer, { ...defaults(optimizer.get('adam').schema), type: 'adam' }, undefined),
};
const G = (x: number) => 0.5 * x;
const F = (x: number) => 0.25 * x + 0.125;
const D_X = (x: number) => -8 * (2 * x + 1);
const D_Y = (x: number) => -8 * (4 * x - 1);
type Values = Readonly<Record<string, (x: number) => number>>;

const EXPECTED: Readonly<Record<'AtoB' | 'BtoA', Values>> = {
  AtoB: {
    translated: G,
    reconstructed: (x) => F(G(x)),
    identity: F,
    discReal: D_X,
    discFake: (x) => D_Y(G(x)),
  },
  BtoA: {
    translated: F,
    reconstructed: (y) => G(F(y)),
    identity: G,
    discReal: D_Y,
    discFake: (y) => D_X(F(y)),
  },
};

for (const mode of ['graph', 'eager'] as const) {
  describe(`samples of an image in ${mode} mode`, () => {
    for (const direction of ['AtoB', 'BtoA'] as const) {
      test(`have each column from the right networks in direction ${direction}, and the maps from the adversarial loss`, () => {
        const trainer = createTrainer(cycleGanMethod(model), {
          directions: ['AtoB', 'BtoA'],
          mode,
          precision: 'float32',
          seed: 1,
          shape: [1, 2, 2, 3],
        });
        trainer.initialize();
        // Pixels differ, channels are equal.
        const image = tf.mul(tf.tensor4d([-0.5, 0, 0.25, 1], [1, 2, 2, 1]), tf.ones<tf.Rank.R4>([1, 1, 1, 3]));
        const sample = trainer.sample(direction, image as Tensor4D);
        for (const [name, of] of Object.entries(EXPECTED[direction])) {
          const channels = name.startsWith('disc') ? 1 : 3;
          assert.deepEqual(sample[name]!.shape, [1, 2, 2, channels], name);
          const expected = [-0.5, 0, 0.25, 1].flatMap((x) => Array<number>(channels).fill(of(x)));
          sample[name]!.dataSync().forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-5, `${name}: ${value} is not ${expected[i]}`)); // prettier-ignore
        }
        trainer.dispose();
      });
    }
  });
}

test('samples draw the scores of a plugin’s loss with a sigmoid if it has no `realness`', () => {
  const trainer = createTrainer(
    cycleGanMethod({ ...model, adversarial: { ...model.adversarial, realness: undefined } }),
    { directions: ['AtoB', 'BtoA'], mode: 'eager', precision: 'float32', seed: 1, shape: [1, 2, 2, 3] },
  );
  trainer.initialize();
  const { discReal } = trainer.sample('AtoB', tf.fill<tf.Rank.R4>([1, 2, 2, 3], 0.25));
  for (const value of discReal!.dataSync()) assert.ok(Math.abs(value - 1 / (1 + Math.exp(-1.5))) < 1e-5, `${value}`);
  trainer.dispose();
});
