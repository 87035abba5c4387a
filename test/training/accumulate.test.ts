import assert from 'node:assert/strict';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor, leavesOf } from '../../src/engine/graph/tensor-trees.js';
import { readVariables } from '../../src/engine/graph/variables-file.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { averaged } from '../../src/methods/averaged.js';
import type { Method } from '../../src/registry/kinds/method.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import { temporaryPrefix } from '../engine/graph/rig.js';
import { patternImages } from '../methods/numerics.js';
import { methodOf, SIZE } from './small-method.js';

before(() => loadTensorFlow());

const [SEED, RATE, BATCH] = [5, 2e-4, 4];
const images = () => ({ x: patternImages('x', BATCH, SIZE), y: patternImages('y', BATCH, SIZE) });

function trainerOf(method: Method, mode: 'graph' | 'eager', parts: number, xla?: string[]) {
  const trainer = createTrainer(method, {
    directions: ['AtoB', 'BtoA'],
    mode,
    precision: 'float32',
    seed: SEED,
    shape: [BATCH / parts, SIZE, SIZE, 3],
    ...(parts > 1 && { accumulate: parts }),
    ...(xla && { xla: { onFailure: (reason) => xla.push(reason) } }),
  });
  trainer.initialize();
  return trainer;
}

/** The losses of two steps (or one), the histograms before the second, and the state after them. */
function train(t: TestContext, method: Method, mode: 'graph' | 'eager', parts: number, xla?: string[], steps = 2) {
  const trainer = trainerOf(method, mode, parts, xla);
  const batch = images();
  const { numTensors } = tf.memory();
  const losses = [trainer.step(batch, 0, RATE)];
  const histograms = trainer.inspect(batch, 1);
  if (steps > 1) losses.push(trainer.step(batch, 1, RATE));
  assert.equal(tf.memory().numTensors, numTensors, 'tensors are left over');
  const prefix = temporaryPrefix(t, `state-${mode}-${parts}`);
  trainer.save(prefix);
  trainer.dispose();
  return { losses, histograms, prefix, state: stateAt(prefix, method) };
}

const stateAt = (prefix: string, method: Method) => leavesOf(readVariables(prefix, () => method.initial(SEED)), isTensor); // prettier-ignore

function same(found: ReturnType<typeof train>, expected: ReturnType<typeof train>): void {
  for (const [step, losses] of expected.losses.entries()) {
    for (const [name, loss] of Object.entries(losses)) {
      const difference = Math.abs(found.losses[step]![name]! - loss) / Math.abs(loss);
      assert.ok(difference <= (step === 0 ? 4e-6 : 1e-3), `${name} at step ${step} differs by ${difference}`);
    }
  }
  // After two steps: means of gradients, the second of weights that rounding has moved a little apart.
  for (const [name, tensor] of expected.state) {
    if (/\/slots\/m\/|^pools\//.test(name)) near(found.state.get(name)!, tensor, name);
  }
}

for (const mode of ['graph', 'eager'] as const) {
  describe(`accumulated gradients in ${mode} mode`, () => {
    for (const parts of [2, 4]) {
      test(`train as the whole batch does, in ${parts} parts`, (t) => {
        // Without what draws numbers for a whole batch.
        const method = methodOf('unet', 0, { dropout: 0 });
        same(train(t, method, mode, parts), train(t, method, mode, 1));
      });
    }

    test('resume exactly', (t) => {
      const method = averaged(methodOf('unet', 3, {}, { penalty: 'wgan-gp' }), ['G', 'F'], 0.9);
      const [first, second] = [trainerOf(method, mode, 2), trainerOf(method, mode, 2)];
      for (const step of [0, 1]) first.step(images(), step, RATE);
      const prefix = temporaryPrefix(t, 'half');
      first.save(prefix);
      second.restore(prefix);
      assert.deepEqual(second.step(images(), 2, RATE), first.step(images(), 2, RATE));
      assert.deepEqual(second.step(images(), 3, RATE), first.step(images(), 3, RATE));
      first.dispose();
      second.dispose();
    });
  });
}

describe('accumulated gradients', () => {
  test('are the same traced and eager, with a pool, dropout and a gradient penalty', (t) => {
    const method = methodOf('unet', 3, {}, { penalty: 'dragan' });
    const [graph, eager] = [train(t, method, 'graph', 2), train(t, method, 'eager', 2)];
    same(graph, eager);
    assert.deepEqual(Object.keys(graph.histograms), Object.keys(eager.histograms));
  });

  test('are the same where XLA compiles the step', (t) => {
    const told: string[] = [];
    const method = methodOf('resnet', 2);
    // One step: XLA sums in another order, and the second step of a ResNet amplifies that.
    same(train(t, method, 'graph', 2, told, 1), train(t, method, 'graph', 2, undefined, 1));
    assert.deepEqual(told, []);
  });

  test('draw other numbers for each part', (t) => {
    const method = methodOf('unet', 0);
    const [x, y] = [patternImages('x', 1, SIZE), patternImages('y', 1, SIZE)];
    const twice = { x: tf.concat([x, x]), y: tf.concat([y, y]) };
    const of = (parts: number, batch: { x: typeof x; y: typeof y }) => {
      const trainer = createTrainer(method, {
        directions: [],
        mode: 'eager',
        precision: 'float32',
        seed: SEED,
        shape: [1, SIZE, SIZE, 3],
        accumulate: parts,
      });
      t.after(() => trainer.dispose());
      return trainer.step(batch, 0, RATE)['G/total']!;
    };
    assert.notEqual(of(2, twice), of(1, { x, y }));
  });

  test('leave no trace in a checkpoint, which fits a training without them', (t) => {
    const method = methodOf('unet', 0, { dropout: 0 });
    const { prefix } = train(t, method, 'graph', 2);
    const kernel = () => ({ accumulated: { G: { 'down1/kernel': tf.zeros([4, 4, 3, 4]) } } });
    assert.throws(() => readVariables(prefix, kernel), /accumulated/);
    const whole = trainerOf(method, 'graph', 1);
    whole.restore(prefix);
    whole.dispose();
  });
});

function near(found: Tensor, expected: Tensor, name: string): void {
  const [difference, size] = [tf.norm(tf.sub(found, expected)), tf.norm(expected)].map((t) => t.dataSync()[0]!);
  // A gradient that is zero except for rounding (before a norm over one pixel) has no size to compare with.
  assert.ok(difference! <= 0.01 * size! + 1e-6, `${name}: ${difference! / size!} of its size differ`);
}
