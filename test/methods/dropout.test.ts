import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { Graph } from '../../src/engine/graph/recorded-graph.js';
import { record } from '../../src/engine/graph/recorder.js';
import { Session } from '../../src/engine/graph/session.js';
import { isTensor, leavesOf } from '../../src/engine/graph/tensor-trees.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey } from '../../src/engine/random-tensors.js';
import { unet } from '../../src/models/unet.js';
import { cycleGanMethod, gradients, type CycleGan } from '../../src/methods/cyclegan.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import type { Network, RandomKey, Weights } from '../../src/registry/kinds/network.js';
import { initialState, modelOf, patternImages, SMALL, weightsOf } from './numerics.js';

before(() => loadTensorFlow());

const SIZE = 16;
const generator = (depth: number, dropout = 0.5, imageSize = SIZE) =>
  unet.create({ norm: 'instance', width: 2, depth, dropout, slope: 0.3 }, { imageSize, channels: 3 });
const zeros = ({ weights }: Network): Weights =>
  Object.fromEntries(weights.map(({ name, shape }) => [name, tf.zeros([...shape])]));
const batch = () => ({ x: patternImages('x', 1, SIZE), y: patternImages('y', 1, SIZE) });

const model: CycleGan = {
  ...modelOf(SMALL),
  G: generator(3),
  F: generator(3),
};

/** The keys by which a function draws its masks, given the key of a step: those of the random ops in its graph. */
function keysOf(f: (key: RandomKey) => readonly Tensor[]): string[] {
  const graph = new Graph();
  const refs = record(graph, { precision: 'float32', fused: true }, (recording) => {
    const key = recording.symbol(graph.placeholder('key', 'int32', [2]), 'int32', [2]) as RandomKey;
    return recording.refs(f(key));
  });
  const seeds = graph.needed(refs).flatMap(({ op, inputs }) => (op === 'StatelessRandomUniform' ? [inputs[1]!] : []));
  if (seeds.length === 0) return [];
  const session = new Session(graph.needed(['key', ...seeds]));
  const keys = session.run({ key: randomKey(3, 8) }, seeds).map((key) => Array.from(key.dataSync()).join());
  session.dispose();
  return keys;
}

describe('the masks of dropout', () => {
  for (const [depth, layers] of [
    [5, 3],
    [4, 3],
    [3, 2],
    [2, 1],
  ] as const) {
    // prettier-ignore
    test(`are in the first three layers up of a U-Net, at most, each with a key of its own: ${layers} of depth ${depth}`, () => {
      const network = generator(depth, 0.5, 32);
      const keys = keysOf((key) => [network.apply(zeros(network), tf.zeros([1, 32, 32, 3]), key)]);
      assert.equal(keys.length, layers);
      assert.equal(new Set(keys).size, layers);
    });
  }

  test('are nowhere without a rate', () => {
    const network = generator(4, 0);
    assert.deepEqual(keysOf((key) => [network.apply(zeros(network), tf.zeros([1, 16, 16, 3]), key)]), []); // prettier-ignore
  });

  test('are new in each pass of a step through a generator', () => {
    const weights = { G: zeros(model.G), F: zeros(model.F), D_X: zeros(model.D_X), D_Y: zeros(model.D_Y) };
    const keys = keysOf((key) => [
      ...leavesOf(gradients(model, weights, batch(), { key }).gradients, isTensor).values(),
    ]);
    // Two layers in each pass: translation with identity, and back, of both generators.
    assert.equal(new Set(keys).size, 2 * 4);
  });

  for (const mode of ['graph', 'eager'] as const) {
    test(`are those of the seed and of the steps made before: a step and an inspection, ${mode}`, () => {
      const trainer = createTrainer(cycleGanMethod(model), { directions: ['AtoB', 'BtoA'], mode, precision: 'float32', seed: 3, shape: [1, SIZE, SIZE, 3], inspects: true }); // prettier-ignore
      trainer.initialize();
      const of = (step: number) =>
        gradients(model, weightsOf(initialState(model, 3)), batch(), { key: randomKey(3, step) });
      const inspected = trainer.inspect(batch(), 6);
      const losses = trainer.step(batch(), 6, 2e-4);
      const [now, next] = [of(6), of(7)];
      const apart = (name: string, { losses: other }: typeof now) =>
        Math.abs(losses[name]! / valueOf(other[name]!) - 1);
      for (const name of ['cycle/forward', 'cycle/backward', 'G/adversarial']) {
        assert.ok(apart(name, now) < 1e-4, `${name} is ${losses[name]} instead of ${valueOf(now.losses[name]!)}`);
        assert.ok(apart(name, next) > 1e-3, `${name} is no other at the next step`);
      }
      const greatest = (gradient: Tensor) => valueOf(tf.max<Scalar>(gradient));
      const kernel = 'last/kernel';
      const [found, expected] = [inspected[`gradients/G/${kernel}`]!.max, greatest(now.gradients.G[kernel]!)];
      assert.ok(Math.abs(found / expected - 1) < 1e-3, `${found} is not ${expected}`);
      trainer.dispose();
    });
  }
});

const valueOf = (scalar: Scalar): number => scalar.dataSync()[0]!;
