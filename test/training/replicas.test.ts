import assert from 'node:assert/strict';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor, leavesOf } from '../../src/engine/graph/tensor-trees.js';
import { readVariables } from '../../src/engine/graph/variables-file.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import type { Method } from '../../src/registry/kinds/method.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import { temporaryPrefix } from '../engine/graph/rig.js';
import { patternImages } from '../methods/numerics.js';
import { methodOf, SIZE } from './small-method.js';

before(() => loadTensorFlow());

const [SEED, RATE, BATCH] = [5, 2e-4, 4];

/** The losses of two steps, the histograms before the second, and the state after it. */
function train(t: TestContext, method: Method, mode: 'graph' | 'eager', replicas: number) {
  const images = { x: patternImages('x', BATCH, SIZE), y: patternImages('y', BATCH, SIZE) };
  const trainer = createTrainer(method, {
    directions: ['AtoB', 'BtoA'],
    mode,
    precision: 'float32',
    seed: SEED,
    shape: [BATCH, SIZE, SIZE, 3],
    replicas: Array<undefined>(replicas).fill(undefined),
  });
  trainer.initialize();
  const { numTensors } = tf.memory();
  const losses = [trainer.step(images, 0, RATE)];
  const histograms = trainer.inspect(images, 1);
  losses.push(trainer.step(images, 1, RATE));
  if (mode === 'eager') assert.equal(tf.memory().numTensors, numTensors, 'tensors are left over');
  const prefix = temporaryPrefix(t, `state-${replicas}`);
  trainer.save(prefix);
  trainer.dispose();
  const state = leavesOf(readVariables(prefix, () => method.initial(SEED)), isTensor); // prettier-ignore
  return { losses, histograms, state };
}

for (const generator of ['unet', 'resnet'] as const) {
  describe(`replicas with a ${generator}, a pool, dropout and a gradient penalty`, () => {
    for (const [mode, count] of [
      ['graph', 2],
      ['graph', 4],
      ['eager', 2],
    ] as const) {
      // prettier-ignore
      test(`${count} of them train as one does, in ${mode} mode`, (t) => {
        const method = methodOf(generator, 3, {}, { penalty: 'dragan', augment: ['color', 'translation', 'cutout'] });
        const [found, expected] = [train(t, method, mode, count), train(t, method, mode, 1)];
        for (const [step, losses] of expected.losses.entries()) {
          for (const [name, loss] of Object.entries(losses)) {
            const difference = Math.abs(found.losses[step]![name]! - loss) / Math.abs(loss);
            assert.ok(difference <= (step === 0 ? 2e-6 : 1e-3), `${name} at step ${step} differs by ${difference}`);
          }
        }
        assert.deepEqual(Object.keys(found.histograms), Object.keys(expected.histograms));
        // After two steps: means of two gradients, the second of weights that rounding has moved a little apart.
        for (const [name, tensor] of expected.state) {
          if (/\/slots\/m\/|^pools\//.test(name)) near(found.state.get(name)!, tensor, name);
        }
      });
    }
  });
}

function near(found: Tensor, expected: Tensor, name: string): void {
  const [difference, size] = [tf.norm(tf.sub(found, expected)), tf.norm(expected)].map((t) => t.dataSync()[0]!);
  // A gradient that is zero except for rounding (before a norm over one pixel) has no size to compare with.
  assert.ok(difference! <= 0.01 * size! + 1e-6, `${name}: ${difference! / size!} of its size differ`);
}
