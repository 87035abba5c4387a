import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { applyAdam, type AdamRates } from '../../../src/engine/apply-adam.js';
import { compile, type Changes } from '../../../src/engine/graph/compile.js';
import { isTensor, type Tree } from '../../../src/engine/graph/tensor-trees.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { randomKey, randomNormal } from '../../../src/engine/random-tensors.js';
import { values } from './rig.js';

before(() => loadTensorFlow());

const BETA = { beta1: 0.5, beta2: 0.9 };
type Adam = { readonly weight: Tensor1D; readonly m: Tensor1D; readonly v: Tensor1D };
type Clock = { readonly t: Scalar };

const start = (seed = 1): Adam => ({
  weight: randomNormal<Rank.R1>([7], randomKey(seed, 0)),
  m: tf.zeros([7]),
  v: tf.zeros([7]),
});
const at = (t: number): Clock => ({ t: tf.scalar(t) });
const rates = ({ t }: Clock, learningRate = 0.1): AdamRates => ({
  learningRate: tf.scalar(learningRate),
  beta1: tf.scalar(BETA.beta1),
  beta2: tf.scalar(BETA.beta2),
  beta1Power: tf.pow(BETA.beta1, t),
  beta2Power: tf.pow(BETA.beta2, t),
  epsilon: tf.scalar(1e-7),
});
/** The gradient of sum (w - 1)^4 / 4. */
const gradient = (w: Tensor) => tf.pow(tf.sub(w, 1), 3);
const update = (state: Adam, clock: Clock) => applyAdam(state, gradient(state.weight), rates(clock)) as Adam;

/** One function traced and run `steps` times, beside itself run as it is. */
function compare<V extends Tree<V>>(make: () => V, step: (state: V, clock: Clock) => V, steps: number): void {
  const program = compile(
    { step: (state: V, clock: Clock) => ({ variables: step(state, clock) as unknown as Changes<V> }) },
    { variables: make },
  );
  let state = make();
  for (let t = 1; t <= steps; t++) {
    program.functions.step(at(t));
    state = step(state, at(t));
  }
  const flat = (tree: object): number[] =>
    isTensor(tree) ? values(tree) : Object.values(tree).flatMap((child) => flat(child as object));
  const [traced, eager] = [flat(program.read()), flat(state)];
  assert.equal(traced.length, eager.length);
  for (const [i, value] of traced.entries()) {
    assert.ok(Math.abs(value - eager[i]!) <= 2e-6 * Math.max(1, Math.abs(value)), `${value}, ${eager[i]}`);
  }
}

describe('Adam in a graph', () => {
  test('equals the formula over many steps', () => compare(start, update, 60));

  test('broadcasts a gradient of another shape as the formula does', () =>
    compare(
      start,
      (state, clock) => applyAdam(state, tf.mean(gradient(state.weight), 0, true), rates(clock)) as Adam,
      5,
    ));

  test('makes a first step of the size of the learning rate', () => {
    const program = compile({ step: (state: Adam, clock: Clock) => ({ variables: update(state, clock) }) }, { variables: start }); // prettier-ignore
    const before = values(program.read().weight);
    program.functions.step(at(1));
    const moved = values(program.read().weight).map((w, i) => w - before[i]!);
    for (const [i, change] of moved.entries()) {
      assert.ok(Math.abs(change - (before[i]! > 1 ? -0.1 : 0.1)) < 1e-4, `${change}`);
    }
  });

  test('keeps the old weight for other uses in the same step', () => {
    const { functions } = compile(
      {
        step: (state: Adam, clock: Clock) => {
          const next = update(state, clock);
          return { variables: next, outputs: { old: state.weight, sum: tf.sum(state.weight), next: next.weight } };
        },
      },
      { variables: start },
    );
    let expected = start();
    for (let t = 1; t <= 3; t++) {
      const { old, sum, next } = functions.step(at(t));
      near(old, expected.weight);
      near(sum, tf.sum(expected.weight));
      expected = update(expected, at(t));
      near(next, expected.weight);
    }
  });

  test('gives a moving average the new weights', () => {
    type State = { readonly adam: Adam; readonly average: Tensor1D };
    const step = ({ adam, average }: State, clock: Clock): State => {
      const next = update(adam, clock);
      return { adam: next, average: tf.add<Tensor1D>(tf.mul(average, 0.9), tf.mul(next.weight, 0.1)) };
    };
    compare(() => ({ adam: start(), average: tf.zeros<Rank.R1>([7]) }), step, 5);
  });

  test('allows to change the result before it is returned, as weight clipping does', () => {
    const clipped = (state: Adam, clock: Clock): Adam => {
      const next = update(state, clock);
      return { ...next, weight: tf.clipByValue(next.weight, -0.3, 0.3) };
    };
    compare(start, clipped, 5);
  });

  test('changes nothing if its result is not returned', () => {
    compare(
      start,
      (state, clock) => {
        const tried = update(state, clock);
        return { weight: tf.add<Tensor1D>(tf.mul(state.weight, 0.5), tf.mul(tried.weight, 0)), m: state.m, v: state.v };
      },
      3,
    );
  });

  test('computes a second update by a gradient through the first', () => {
    type Two = { readonly d: Adam; readonly g: Adam };
    const step = ({ d, g }: Two, clock: Clock): Two => {
      const next = update(d, clock);
      const through = tf.mul(gradient(g.weight), next.weight);
      return { d: next, g: applyAdam(g, through, rates(clock)) as Adam };
    };
    compare(() => ({ d: start(1), g: start(2) }), step, 5);
  });

  test('updates the same weight twice in one step, also from the same old value', () => {
    const twice = (state: Adam, clock: Clock): Adam => update(update(state, clock), clock);
    compare(start, twice, 3);
    const forked = (state: Adam, clock: Clock): Adam => {
      const [one, other] = [update(state, clock), applyAdam(state, gradient(state.weight), rates(clock, 0.3)) as Adam];
      return { weight: tf.sub(other.weight, one.weight), m: one.m, v: other.v };
    };
    compare(start, forked, 3);
  });

  test('works on tensors that are not variables', () => {
    const { functions } = compile({
      step: (_: object, inputs: Adam & Clock) => ({ outputs: update(inputs, inputs) }),
    });
    near(functions.step({ ...start(), ...at(1) }).weight, update(start(), at(1)).weight);
  });
});

function near(actual: Tensor, expected: Tensor): void {
  const wanted = values(expected);
  for (const [i, value] of values(actual).entries())
    assert.ok(Math.abs(value - wanted[i]!) < 1e-5, `${value}, ${wanted[i]}`);
}
