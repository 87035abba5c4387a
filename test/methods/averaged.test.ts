import assert from 'node:assert/strict';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { isTensor, leavesOf } from '../../src/engine/graph/tensor-trees.js';
import { readVariables } from '../../src/engine/graph/variables-file.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { averaged, translatingState } from '../../src/methods/averaged.js';
import type { Method } from '../../src/registry/kinds/method.js';
import type { Network } from '../../src/registry/kinds/network.js';
import type { Trainer } from '../../src/training/trainer.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import { temporaryPrefix } from '../engine/graph/rig.js';
import { methodOf, SIZE } from '../training/small-method.js';
import { patternImages } from './numerics.js';

before(() => loadTensorFlow());

const [SEED, RATE, STEPS, DECAY] = [5, 2e-4, 4, 0.3];
const GENERATORS = ['G', 'F'];
type Mode = 'graph' | 'eager';

const images = () => ({ x: patternImages('x', 1, SIZE), y: patternImages('y', 1, SIZE) });

function trainerOf(method: Method, mode: Mode): Trainer {
  return createTrainer(method, {
    directions: ['AtoB', 'BtoA'],
    mode,
    precision: 'float32',
    seed: SEED,
    shape: [1, SIZE, SIZE, 3],
  });
}

/** The numbers of a trainer's state, by name. */
function stateOf(t: TestContext, trainer: Trainer, method: Method): ReadonlyMap<string, Float32Array> {
  const prefix = temporaryPrefix(t, `state-${Math.random()}`);
  trainer.save(prefix);
  const state = leavesOf(readVariables(prefix, () => method.initial(SEED)), isTensor); // prettier-ignore
  const numbers = new Map([...state].map(([name, tensor]) => [name, tensor.dataSync().slice() as Float32Array]));
  tf.dispose([...state.values()]);
  return numbers;
}

/** The state before the first step and after each. */
function statesOf(t: TestContext, method: Method, mode: Mode) {
  const trainer = trainerOf(method, mode);
  trainer.initialize();
  const states = [stateOf(t, trainer, method)];
  for (let step = 0; step < STEPS; step++) {
    trainer.step(images(), step, RATE);
    states.push(stateOf(t, trainer, method));
  }
  return { trainer, states };
}

for (const mode of ['graph', 'eager'] as const) {
  describe(`averages of generators in ${mode} mode`, () => {
    test('follow the weights by the decay, at first (1 - 1/t)^3, and change nothing else', (t) => {
      const plain = methodOf('unet', 3);
      const { trainer, states } = statesOf(t, averaged(plain, GENERATORS, DECAY), mode);
      const expected = statesOf(t, plain, mode);
      for (const [step, state] of expected.states.entries()) {
        for (const [name, numbers] of state) assert.deepEqual(states[step]!.get(name), numbers, `${name} ${step}`);
      }
      // Then the decay: (3 / 4)^3 is more.
      const decays = [0, 1 / 8, 8 / 27, DECAY];
      const names = [...states[0]!.keys()].filter((name) => name.startsWith('averages/'));
      assert.ok(names.length > 20 && names.every((name) => /^averages\/[GF]\//.test(name)), names.join());
      for (const name of names) {
        const weight = (step: number) => states[step]!.get(name.replace(/^averages\/([GF])/, '$1/weights'))!;
        const average = Array.from(weight(0));
        for (const [step, decay] of decays.entries()) {
          for (const i of average.keys()) average[i] = decay * average[i]! + (1 - decay) * weight(step + 1)[i]!;
          const found = states[step + 1]!.get(name)!;
          average.forEach((value, i) => assert.ok(Math.abs(found[i]! - value) < 1e-6, `${name} ${step}: ${found[i]} is not ${value}`)); // prettier-ignore
        }
      }
      trainer.dispose();
      expected.trainer.dispose();
    });

    test('translate, in place of the weights', (t) => {
      const method = averaged(methodOf('unet', 0), GENERATORS, 0.9);
      const { trainer, states } = statesOf(t, method, mode);
      const { x } = images();
      const { translated } = trainer.sample('AtoB', x);
      const through = (path: string) => {
        const numbers = (name: string) => states.at(-1)!.get(`${path}/${name}`)!;
        const G = method.networks['G'] as Network;
        const weights = G.weights.map(({ name, shape }) => [name, tf.tensor(numbers(name), [...shape])] as const);
        return G.apply(Object.fromEntries<Tensor>(weights), x);
      };
      const difference = (other: Tensor4D) => tf.max(tf.abs(tf.sub(translated!, other))).dataSync()[0]!;
      assert.ok(difference(through('averages/G')) < 1e-5, 'the averages do not translate');
      assert.ok(difference(through('G/weights')) > 1e-4, 'the weights translate');
      trainer.dispose();
    });

    test('go on from a checkpoint as if training had never stopped', (t) => {
      const method = averaged(methodOf('resnet', 0), GENERATORS, 0.999);
      const { trainer, states } = statesOf(t, method, mode);
      trainer.dispose();
      const prefix = temporaryPrefix(t, 'stopped');
      const first = trainerOf(method, mode);
      first.initialize();
      for (let step = 0; step < 2; step++) first.step(images(), step, RATE);
      first.save(prefix);
      first.dispose();
      const second = trainerOf(method, mode);
      second.restore(prefix);
      for (let step = 2; step < STEPS; step++) second.step(images(), step, RATE);
      assert.deepEqual(stateOf(t, second, method), states.at(-1));
      second.dispose();
    });
  });
}

test('a method that is an instance of a class keeps its members', () => {
  class Own {
    readonly #inner = methodOf('unet', 0);
    readonly networks = this.#inner.networks;
    readonly passes = this.#inner.passes;
    readonly samples = this.#inner.samples;
    initial(...given: Parameters<Method['initial']>) {
      return this.#inner.initial(...given);
    }
    gradients(...given: Parameters<Method['gradients']>) {
      return this.#inner.gradients(...given);
    }
    apply(...given: Parameters<Method['apply']>) {
      return this.#inner.apply(...given);
    }
    sample(...given: Parameters<Method['sample']>) {
      return this.#inner.sample(...given);
    }
  }
  const trainer = trainerOf(averaged(new Own(), GENERATORS, 0.9), 'eager');
  trainer.initialize();
  const losses = trainer.step(images(), 0, RATE);
  assert.ok(Number.isFinite(losses['G/total']));
  assert.deepEqual(trainer.sample('AtoB', images().x)['translated']!.shape, [1, SIZE, SIZE, 3]);
  trainer.dispose();
});

test('what is read of a checkpoint to translate are the averages of the generators and the weights of the others', () => {
  const { networks } = methodOf('unet', 0);
  const names = (averages: readonly string[]) => [...leavesOf(translatingState(networks, averages), isTensor).keys()];
  const ours = (networkOf: RegExp) => (name: string) => networkOf.test(name);
  assert.ok(names(GENERATORS).every(ours(/^(averages\/[GF]|D_[XY]\/weights)\//)), names(GENERATORS).join());
  assert.ok(names([]).every(ours(/^(G|F|D_X|D_Y)\/weights\//)), names([]).join());
  assert.equal(names(GENERATORS).length, names([]).length);
});
