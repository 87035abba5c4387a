import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { builtins } from '../../src/app/builtins.js';
import { compile } from '../../src/engine/graph/compile.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { startOptimizer } from '../../src/optimizers/adam.js';
import { clipped } from '../../src/optimizers/clipped.js';
import { make } from '../../src/registry/make.js';
import type { OptimizerConfig } from '../../src/registry/config.js';
import type { TensorTree } from '../../src/registry/kinds/method.js';
import type { Weights } from '../../src/registry/kinds/network.js';
import type { OptimizerState } from '../../src/registry/kinds/objective.js';
import { keyedRandom } from '../../src/support/keyed-random.js';
import { runPython } from './python.js';

before(() => loadTensorFlow());

const [RATE, STEPS] = [0.01, 6];
type Numbers = Readonly<Record<string, readonly number[]>>;

/** An optimizer of ours, and Keras's of the same formula. */
interface Case {
  readonly ours: OptimizerConfig;
  readonly optimizer: string;
  readonly options: object;
}

const ADAM = { learning_rate: RATE, beta1: 0.5, beta2: 0.99, epsilon: 1e-7 };
const KERAS_ADAM = { learning_rate: RATE, beta_1: 0.5, beta_2: 0.99, epsilon: 1e-7 };
const RMSPROP = { type: 'rmsprop', learning_rate: RATE, rho: 0.8, epsilon: 1e-5 };
const KERAS_RMSPROP = { learning_rate: RATE, rho: 0.8, epsilon: 1e-5 };
const CASES: readonly Case[] = [
  { ours: { type: 'adam', ...ADAM }, optimizer: 'Adam', options: KERAS_ADAM },
  { ours: { type: 'adamw', ...ADAM, weight_decay: 0.3 }, optimizer: 'AdamW', options: { ...KERAS_ADAM, weight_decay: 0.3 } }, // prettier-ignore
  { ours: { ...RMSPROP, momentum: 0 }, optimizer: 'RMSprop', options: KERAS_RMSPROP },
  { ours: { ...RMSPROP, momentum: 0.7 }, optimizer: 'RMSprop', options: { ...KERAS_RMSPROP, momentum: 0.7 } },
  { ours: { type: 'adam', ...ADAM, clip_norm: 0.5 }, optimizer: 'Adam', options: { ...KERAS_ADAM, global_clipnorm: 0.5 } }, // prettier-ignore
  { ours: { type: 'adam', ...ADAM, clip_value: 0.3 }, optimizer: 'Adam', options: { ...KERAS_ADAM, clipvalue: 0.3 } },
];

const random = keyedRandom('optimizers');
const drawn = (): Numbers => ({
  kernel: Array.from({ length: 5 }, () => random.between(-1, 1)),
  bias: Array.from({ length: 2 }, () => random.between(-0.2, 0.2)),
});
const start = drawn();
const gradients = Array.from({ length: STEPS }, drawn);
const tensors = (numbers: Numbers) =>
  Object.fromEntries(Object.entries(numbers).map(([name, values]) => [name, tf.tensor1d([...values])]));

test('each optimizer updates weights as Keras does, eager and traced', (t) => {
  const expected = reference(t);
  for (const [i, { ours }] of CASES.entries()) {
    for (const mode of ['eager', 'graph'] as const) {
      const found = mode === 'eager' ? eager(ours) : traced(ours);
      for (const [name, values] of Object.entries(expected[i]!)) {
        const numbers = found[name]!.dataSync();
        values.forEach((value, k) => assert.ok(Math.abs(numbers[k]! - value) <= 2e-6, `${JSON.stringify(ours)}, ${mode}: ${numbers[k]} instead of ${value}`)); // prettier-ignore
      }
    }
  }
});

function reference(t: TestContext): Numbers[] {
  const dir = mkdtempSync(join(tmpdir(), 'optimizers-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const cases = CASES.map(({ optimizer, options }) => ({ optimizer, options, weights: start, gradients }));
  writeFileSync(join(dir, 'cases.json'), JSON.stringify(cases));
  return runPython<Numbers[]>('optimizers_keras.py', join(dir, 'cases.json'));
}

const ruleOf = (ours: OptimizerConfig) => clipped(make(builtins().optimizer, ours, undefined), ours);

function eager(ours: OptimizerConfig): Weights {
  const rule = ruleOf(ours);
  let state = startOptimizer(rule, tensors(start));
  gradients.forEach((each, step) => {
    state = rule.update(state, tensors(each), tf.scalar(RATE), tf.scalar(step, 'int32'));
  });
  return state.weights;
}

function traced(ours: OptimizerConfig): Weights {
  const rule = ruleOf(ours);
  const program = compile(
    {
      step: (state: TensorTree, { step, ...each }: { step: Scalar } & Weights) => ({
        variables: rule.update(state as OptimizerState, each, tf.scalar(RATE), step),
      }),
    },
    { variables: () => startOptimizer(rule, tensors(start)) as TensorTree },
  );
  gradients.forEach((each, step) => void program.functions.step({ ...tensors(each), step: tf.scalar(step, 'int32') }));
  return (program.read() as unknown as OptimizerState).weights;
}
