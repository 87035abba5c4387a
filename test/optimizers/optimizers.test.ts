import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { Ajv } from 'ajv';
import { loadTensorFlow } from '../../src/engine/native.js';
import { startOptimizer } from '../../src/optimizers/adam.js';
import { clipped } from '../../src/optimizers/clipped.js';
import type { Optimizer, OptimizerState } from '../../src/registry/kinds/objective.js';
import { warmupShare } from '../../src/optimizers/warmup.js';
import { builtins } from '../../src/app/builtins.js';
import { make } from '../../src/registry/make.js';
import { defaults } from '../models/defaults.js';

before(() => loadTensorFlow());

const { schedule, optimizer } = builtins();
const near = (a: number, b: number, tolerance = 1e-6) => assert.ok(Math.abs(a - b) < tolerance, `${a} is not ${b}`);

for (const name of schedule.names()) {
  test(`schedule.${name} starts at the learning rate, never rises and stays above zero`, () => {
    const rate = make(schedule, { type: name }, { learningRate: 0.5, epochs: 10 });
    const rates = Array.from({ length: 10 }, (_, epoch) => rate(epoch, Array<number>(epoch).fill(1)));
    assert.equal(rates[0], 0.5);
    rates.forEach((rate, i) => assert.ok(rate > 0 && rate <= (rates[i - 1] ?? rate)));
  });
}

/** Whether the schema of a component accepts these options, with defaults for the others. */
function valid(kind: 'optimizer' | 'schedule', name: string, options: object): boolean {
  const { schema } = builtins()[kind].get(name);
  return new Ajv({ strict: false }).validate({ type: 'object', ...schema }, { ...defaults(schema), ...options });
}

describe('schedule.linear', () => {
  const linear = schedule.get('linear');
  test('decays like the paper’s code: 100 constant epochs, then 100 steps of 1/101', () => {
    const rate = linear.create({ decay_from: 100 } as never, { learningRate: 1, epochs: 200 });
    [[99, 1], [100, 100 / 101], [150, 50 / 101], [199, 1 / 101]].forEach(([epoch, expected]) => near(rate(epoch!, []), expected!)); // prettier-ignore
  });
  test('starts to decay after half of the epochs with auto', () => {
    assert.deepEqual(
      linear.resolve!({ decay_from: 'auto' } as never, { epochs: 9, imageSize: 32, pairing: 'unpaired' }),
      { decay_from: 4 },
    );
  });
  test('can decay from the first epoch on', () => {
    assert.ok(valid('schedule', 'linear', { decay_from: 0 }));
    assert.ok(!valid('schedule', 'linear', { decay_from: -1 }));
    const rate = linear.create({ decay_from: 0 } as never, { learningRate: 1, epochs: 3 });
    [0, 1, 2].forEach((epoch) => near(rate(epoch, []), 1 - (epoch + 1) / 4));
  });
  test('refuses a decay that never starts', () => {
    const [problem] = linear.check!({ decay_from: 40 } as never, { epochs: 40, imageSize: 32, pairing: 'unpaired' });
    assert.deepEqual(problem?.path, ['decay_from']);
    assert.match(problem.message, /decay from epoch 40 on, and train\.epochs is 40:/);
    assert.match(problem.cure!, /decay_from: 20,/);
    const [odd] = linear.check!({ decay_from: 50 } as never, { epochs: 41, imageSize: 32, pairing: 'unpaired' });
    assert.match(odd!.cure!, /decay_from: 20,/);
    assert.deepEqual(
      linear.check!({ decay_from: 39 } as never, { epochs: 40, imageSize: 32, pairing: 'unpaired' }),
      [],
    );
  });
});

describe('schedule.step', () => {
  test('multiplies the learning rate by gamma after every so many epochs', () => {
    const rate = make(schedule, { type: 'step', every: 2, gamma: 0.1 }, { learningRate: 1, epochs: 6 });
    [1, 1, 0.1, 0.1, 0.01, 0.01].forEach((expected, epoch) => near(rate(epoch, []), expected, 1e-12));
  });
});

describe('schedule.cosine', () => {
  test('falls along half a cosine, to its floor after the last epoch', () => {
    const rate = make(schedule, { type: 'cosine', floor: 0.2 }, { learningRate: 1, epochs: 4 });
    [1, 0.2 + 0.8 * (0.5 + Math.SQRT1_2 / 2), 0.6].forEach((expected, epoch) => near(rate(epoch, []), expected, 1e-12));
    near(rate(4, []), 0.2, 1e-12);
  });
});

describe('schedule.plateau', () => {
  const rates = (means: number[], options: object = {}) => {
    const rate = make(schedule, { type: 'plateau', patience: 1, ...options }, { learningRate: 1, epochs: 9 });
    return [...means, 0].map((_, epoch) => rate(epoch, means.slice(0, epoch)));
  };
  const near5 = (found: number[], expected: number[]) => {
    assert.equal(found.length, expected.length);
    found.forEach((rate, i) => near(rate, expected[i]!, 1e-12));
  };

  test('reduces the learning rate when more than `patience` epochs in a row were not lower, and counts anew', () => {
    near5(rates([5, 5, 5, 5, 5, 4, 4, 4]), [1, 1, 1, 0.2, 0.2, 0.04, 0.04, 0.04, 0.008]);
  });

  test('counts an epoch only if it is lower than the least by the threshold', () => {
    near5(rates([1, 0.995, 0.992]), [1, 1, 1, 0.2]);
    near5(rates([1, 0.985, 0.992]), [1, 1, 1, 1]);
  });

  test('watches a loss of the method', () => {
    const plateau = schedule.get('plateau');
    assert.equal(plateau.observes!({ metric: 'loss/cycle/forward' } as never), 'cycle/forward');
    const facts = { epochs: 9, imageSize: 32, pairing: 'unpaired', losses: ['G/total', 'l1'] } as const;
    assert.deepEqual(plateau.check!({ metric: 'loss/l1' } as never, facts), []);
    const [problem] = plateau.check!({ metric: 'loss/G/totl' } as never, facts);
    assert.match(problem!.message, /expected a loss of the method, found "loss\/G\/totl"/);
    assert.match(problem!.cure!, /Did you mean "loss\/G\/total"/);
    assert.ok(!valid('schedule', 'plateau', { metric: 'G/total' }));
  });
});

test('a warm-up rises in equal steps to the whole learning rate', () => {
  assert.deepEqual([0, 1, 2, 3, 4].map((step) => warmupShare(step, 4)), [0.25, 0.5, 0.75, 1, 1]); // prettier-ignore
  assert.deepEqual([0, 1].map((step) => warmupShare(step, 0)), [1, 1]); // prettier-ignore
  assert.deepEqual([0, 1].map((step) => warmupShare(step, 0.5)), [1, 1]); // prettier-ignore
});

test('Adam updates weights by the paper’s algorithm, with epsilon as in Keras', () => {
  const [rate, beta1, beta2, epsilon] = [0.1, 0.5, 0.9, 0.01] as const;
  const adam = make(optimizer, { type: 'adam', learning_rate: rate, beta1, beta2, epsilon }, undefined);
  let state = startOptimizer(adam, { w: tf.tensor1d([1, -2]) });
  const gradients = [[0.5, -0.02], [-1, 0.03], [2, 0]]; // prettier-ignore
  const [w, m, v]: [number[], number[], number[]] = [[1, -2], [0, 0], [0, 0]]; // prettier-ignore
  gradients.forEach((g, step) => {
    const next = adam.update(state, { w: tf.tensor1d(g) }, tf.scalar(rate), tf.scalar(step, 'int32'));
    assert.ok(!state.weights['w']!.isDisposed, 'the old state stays the caller’s');
    state = next;
    for (const i of [0, 1]) {
      m[i] = beta1 * m[i]! + (1 - beta1) * g[i]!;
      v[i] = beta2 * v[i]! + (1 - beta2) * g[i]! ** 2;
      const alpha = (rate * Math.sqrt(1 - beta2 ** (step + 1))) / (1 - beta1 ** (step + 1));
      w[i]! -= (alpha * m[i]) / (Math.sqrt(v[i]) + epsilon);
      near(state.weights['w']!.dataSync()[i]!, w[i]!);
      near(state.slots['m']!['w']!.dataSync()[i]!, m[i]);
      near(state.slots['v']!['w']!.dataSync()[i]!, v[i]);
    }
  });
});

/** The state after updates with these gradients; also checks that an update leaves nothing behind. */
function updates(rule: Optimizer, start: readonly number[], gradients: readonly (readonly number[])[]): OptimizerState {
  let state = startOptimizer(rule, { w: tf.tensor1d([...start]) });
  gradients.forEach((g, step) => {
    const [given, rate, at] = [{ w: tf.tensor1d([...g]) }, tf.scalar(0.1), tf.scalar(step, 'int32')];
    const { numTensors } = tf.memory();
    state = rule.update(state, given, rate, at);
    assert.equal(tf.memory().numTensors, numTensors + 1 + rule.slots.length);
  });
  return state;
}
const numbersOf = (tensor: tf.Tensor) => [...tensor.dataSync()];
const nearAll = (found: tf.Tensor, expected: readonly number[]) =>
  numbersOf(found).forEach((value, i) => near(value, expected[i]!, 1e-5));

test('AdamW takes off a share of each weight besides Adam’s step, and 0 is Adam', () => {
  const gradients = [[0.5, -0.02], [-1, 0.03]]; // prettier-ignore
  const options = { beta1: 0.5, beta2: 0.9, epsilon: 0.01 };
  const rule = (type: string, decay = {}) => make(optimizer, { type, ...options, ...decay }, undefined);
  const [plain, none, some] = [rule('adam'), rule('adamw', { weight_decay: 0 }), rule('adamw', { weight_decay: 0.3 })];
  const first = updates(plain, [1, -2], gradients.slice(0, 1));
  assert.deepEqual(
    numbersOf(updates(none, [1, -2], gradients).weights['w']!),
    numbersOf(updates(plain, [1, -2], gradients).weights['w']!),
  );
  const [a, b] = numbersOf(first.weights['w']!);
  nearAll(updates(some, [1, -2], gradients.slice(0, 1)).weights['w']!, [a! - 0.1 * 0.3 * 1, b! + 0.1 * 0.3 * 2]);
});

test('RMSprop divides by the root of the mean of the squares, with and without momentum', () => {
  const gradients = [[0.5, -0.02], [-1, 0.03], [2, 0]]; // prettier-ignore
  for (const momentum of [0, 0.6]) {
    const rule = make(optimizer, { type: 'rmsprop', rho: 0.8, momentum, epsilon: 0.01 }, undefined);
    const [w, v, m]: [number[], number[], number[]] = [[1, -2], [0, 0], [0, 0]]; // prettier-ignore
    for (const g of gradients) {
      for (const i of [0, 1]) {
        v[i] = 0.8 * v[i]! + 0.2 * g[i]! ** 2;
        m[i] = momentum * m[i]! + (0.1 * g[i]!) / Math.sqrt(v[i] + 0.01);
        w[i]! -= m[i];
      }
    }
    const state = updates(rule, [1, -2], gradients);
    nearAll(state.weights['w']!, w);
    assert.deepEqual(Object.keys(state.slots), momentum > 0 ? ['v', 'm'] : ['v']);
  }
});

describe('clipped gradients', () => {
  /** Moves by the gradient itself. */
  const plain: Optimizer = {
    slots: [],
    update: ({ weights }, gradients) => ({
      weights: Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.sub(weights[name]!, g)])),
      slots: {},
    }),
  };
  const moved = (options: Parameters<typeof clipped>[1], ...gradients: number[][]) => {
    const named = Object.fromEntries(gradients.map((g, i) => [`w${i}`, tf.tensor1d(g)]));
    const start = Object.fromEntries(gradients.map((g, i) => [`w${i}`, tf.zeros([g.length])]));
    const next = clipped(plain, options).update(
      { weights: start, slots: {} },
      named,
      tf.scalar(1),
      tf.scalar(0, 'int32'),
    );
    return Object.values(next.weights).map((w) => numbersOf(w).map((value) => Number((-value).toFixed(5))));
  };

  test('have a norm of at most clip_norm, of a whole network', () => {
    assert.deepEqual(moved({ clip_norm: 5 }, [3], [4]), [[3], [4]]);
    assert.deepEqual(moved({ clip_norm: 1 }, [3], [4]), [[0.6], [0.8]]);
  });

  test('are at most clip_value each, before their norm', () => {
    assert.deepEqual(moved({ clip_value: 2 }, [3, -0.5], [-4]), [[2, -0.5], [-2]]);
    assert.deepEqual(moved({ clip_value: 3, clip_norm: 1 }, [3], [400]), [[0.70711], [0.70711]]);
  });

  test('are as they are without limits', () => {
    assert.equal(clipped(plain, { clip_norm: null, clip_value: null }), plain);
    assert.equal(clipped(plain, {}), plain);
  });
});

test('two equal learning rates are written as one, and each optimizer takes one or two', () => {
  const rates = { generator: 1e-4, discriminator: 4e-4 };
  const facts = { epochs: 1, imageSize: 32, pairing: 'unpaired' } as const;
  for (const name of optimizer.names()) {
    assert.ok(valid('optimizer', name, { learning_rate: rates }), name);
    assert.ok(!valid('optimizer', name, { learning_rate: { generator: 1e-4 } }), name);
    assert.ok(!valid('optimizer', name, { learning_rate: { ...rates, discriminator: 0 } }), name);
    const resolved = (learning_rate: unknown) =>
      optimizer.get(name).resolve!({ learning_rate } as never, facts)['learning_rate'];
    assert.deepEqual(resolved(rates), rates);
    assert.equal(resolved({ generator: 1e-4, discriminator: 1e-4 }), 1e-4);
    assert.equal(resolved(3e-4), 3e-4);
  }
});

describe('Adam by default', () => {
  const options = defaults(optimizer.get('adam').schema) as Record<'learning_rate' | 'beta1' | 'beta2' | 'epsilon', number>; // prettier-ignore

  test('has the rates of the tutorial and the paper, and otherwise those of Keras', () => {
    assert.deepEqual(options, { learning_rate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 });
  });

  test('adds Keras’s epsilon, which dominates the divisor for tiny gradients', () => {
    const adam = make(optimizer, { ...options, type: 'adam' }, undefined);
    const gradients = [1e-7, -3e-8, 2e-6, 0];
    const update = (rate: number) => {
      const start = startOptimizer(adam, { w: tf.zeros([4]) });
      return adam.update(start, { w: tf.tensor1d(gradients) }, tf.scalar(rate), tf.scalar(0, 'int32'));
    };
    const moved = update(1).weights['w']!.dataSync();
    gradients.forEach((g, i) => {
      // The first step: m = 0.5 g, v = 0.001 g^2; alpha = sqrt(0.001) / 0.5.
      const expected = (-Math.sqrt(0.001) * g) / (Math.sqrt(0.001) * Math.abs(g) + 1e-7);
      near(moved[i]!, expected, 1e-4 * Math.abs(expected) + 1e-12);
    });
  });

  test('leaks no tensors besides the new state', () => {
    const adam = make(optimizer, { ...options, type: 'adam' }, undefined);
    const start = startOptimizer(adam, { w: tf.zeros([4]), b: tf.zeros([]) });
    const [gradients, rate, step] = [{ w: tf.ones([4]), b: tf.scalar(1) }, tf.scalar(1), tf.scalar(0, 'int32')];
    const before = tf.memory().numTensors;
    adam.update(start, gradients, rate, step);
    assert.equal(tf.memory().numTensors, before + 2 * 3);
  });
});

test('Adam accepts decays in [0, 1), and a rate and an epsilon above 0', () => {
  for (const name of ['beta1', 'beta2']) {
    for (const [decay, taken] of [
      [-0.1, false],
      [0, true],
      [0.5, true],
      [1, false],
    ] as const) {
      assert.equal(valid('optimizer', 'adam', { [name]: decay }), taken, `${name}: ${decay}`);
    }
  }
  for (const name of ['learning_rate', 'epsilon']) {
    assert.ok(!valid('optimizer', 'adam', { [name]: 0 }), name);
    assert.ok(valid('optimizer', 'adam', { [name]: 1e-9 }), name);
  }
});
