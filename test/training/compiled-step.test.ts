import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { isTensor, leavesOf } from '../../src/engine/graph/tensor-trees.js';
import { readVariables } from '../../src/engine/graph/variables-file.js';
import type { Method } from '../../src/registry/kinds/method.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import { temporaryPrefix } from '../engine/graph/rig.js';
import { patternImages } from '../methods/numerics.js';
import { methodOf, SIZE } from './small-method.js';

/** XLA's loader of programs for processors warns of two settings of its own compiler, in thousands of letters. */
process.env['TF_CPP_MIN_LOG_LEVEL'] = '3';
before(() => loadTensorFlow());

const [SEED, RATE] = [5, 2e-4];
const images = () => ({ x: patternImages('x', 1, SIZE), y: patternImages('y', 1, SIZE) });

function trainerOf(method: Method, told?: string[]) {
  return createTrainer(method, {
    directions: ['AtoB', 'BtoA'],
    mode: 'graph',
    precision: 'float32',
    seed: SEED,
    shape: [1, SIZE, SIZE, 3],
    ...(told && { xla: { onFailure: (reason) => told.push(reason) } }),
  });
}

for (const [name, generator, options, discriminator] of [
  ['U-Net', 'unet', { upsampling: 'resize' }, { penalty: 'wgan-gp' }],
  ['ResNet', 'resnet', {}, {}],
  [
    'antialiased ResNet',
    'resnet',
    { downsampling: 'antialiased', upsampling: 'antialiased' },
    { downsampling: 'antialiased', penalty: 'r1' },
  ],
  [
    'ResNet of other layers',
    'resnet',
    { upsampling: 'subpixel', norm: 'layer', attention: true, init: 'orthogonal', gain: 0.1 },
    { spectral: true, augment: ['color', 'translation', 'cutout'] },
  ],
] as const) {
  // prettier-ignore
  describe(`the step that XLA compiles, with a ${name}`, () => {
    test('has the losses and gradients of the step that TensorFlow runs op by op', (t) => {
      const told: string[] = [];
      const method = methodOf(generator, 2, options, discriminator);
      const [compiled, plain] = [trainerOf(method, told), trainerOf(method)];
      const [found, expected] = [compiled.step(images(), 0, RATE), plain.step(images(), 0, RATE)];
      assert.deepEqual(told, []);
      for (const [name, loss] of Object.entries(expected)) {
        assert.ok(Math.abs(found[name]! - loss) <= 2e-5 * Math.abs(loss), `${name}: ${found[name]} instead of ${loss}`);
      }
      const states = [compiled, plain].map((trainer, i) => {
        const prefix = temporaryPrefix(t, `state-${i}`);
        trainer.save(prefix);
        return leavesOf(
          readVariables(prefix, () => method.initial(SEED)),
          isTensor,
        );
      });
      // The first moments after a step are the gradients, times 1 - beta1.
      for (const [name, tensor] of states[1]!) if (/\/slots\/m\//.test(name)) near(states[0]!.get(name)!, tensor, name);
      for (const name of ['pools/X/images', 'pools/X/filled']) near(states[0]!.get(name)!, states[1]!.get(name)!, name);
      for (const trainer of [compiled, plain]) trainer.dispose();
    });

    test('goes on from a checkpoint exactly as if it had not stopped', (t) => {
      const told: string[] = [];
      const method = methodOf(generator, 2, options, discriminator);
      const prefix = temporaryPrefix(t);
      const [first, second] = [trainerOf(method, told), trainerOf(method, told)];
      first.step(images(), 0, RATE);
      first.step(images(), 1, RATE);
      first.save(prefix);
      second.restore(prefix);
      assert.deepEqual(second.step(images(), 2, RATE), first.step(images(), 2, RATE));
      assert.deepEqual(second.step(images(), 3, RATE), first.step(images(), 3, RATE));
      assert.deepEqual(told, []);
      // A checkpoint does not know whether it was compiled.
      const plain = trainerOf(method);
      plain.restore(prefix);
      second.restore(prefix);
      const [found, expected] = [second.step(images(), 2, RATE), plain.step(images(), 2, RATE)];
      for (const [name, loss] of Object.entries(expected)) {
        const size = Math.max(Math.abs(loss), 1e-3); // a penalty may be nearly nought
        assert.ok(Math.abs(found[name]! - loss) <= 1e-4 * size, `${name}: ${found[name]} instead of ${loss}`);
      }
      for (const trainer of [first, second, plain]) trainer.dispose();
    });
  });
}

function near(found: Tensor, expected: Tensor, name: string): void {
  const [difference, size] = [tf.norm(tf.sub(found, expected)), tf.norm(expected)].map((t) => t.dataSync()[0]!);
  // A gradient that is zero except for rounding (before a norm over one pixel) has no size to compare with.
  assert.ok(difference! <= 1e-4 * size! + 1e-6, `${name}: ${difference! / size!} of its size differ`);
}
