import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { builtins } from '../../src/app/builtins.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { cutMethod, gradients } from '../../src/methods/cut.js';
import type { ImageBatch } from '../../src/registry/kinds/method.js';
import type { Network } from '../../src/registry/kinds/network.js';
import { ProblemError } from '../../src/support/problem.js';
import { cutOf, flips, patternImages, SMALL_CUT, type CutCase } from './numerics.js';

before(() => loadTensorFlow());

const batch = (): ImageBatch => ({ x: patternImages('x', 1, 16), y: patternImages('y', 1, 16) });

describe('a step of CUT', () => {
  test('finds every patch again where translations are the images themselves', () => {
    const { translation } = lossesOf({ ...SMALL_CUT, temperature: 0.001 }, copies);
    assert.ok(translation < 1e-3, `${translation}`);
  });

  test('finds them as often as by chance where all patches look alike', () => {
    const { translation } = lossesOf(SMALL_CUT, blank);
    assert.ok(Math.abs(translation - Math.log(SMALL_CUT.patches)) < 1e-3, `${translation}`);
  });

  test('compares flipped translations with the images as they are, patch by patch', () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { translation } = lossesOf({ ...SMALL_CUT, flips: true, temperature: 0.001, seed }, copies);
      assert.ok(
        translation < 1e-3,
        `${translation} with seed ${seed}, which ${flips(seed) ? 'flips' : 'does not flip'}`,
      );
    }
    assert.deepEqual(new Set([1, 2, 3, 4, 5, 6].map(flips)), new Set([true, false]));
  });
});

test('the generator must show the layers that are compared', () => {
  const { method, generator, adversarial, optimizer, discriminator } = builtins();
  const site = (type: string, more: object = {}) => ({
    imageSize: 16,
    channels: 3,
    generator: () => generator.get(type).create({ norm: 'instance', width: 2, depth: 2, blocks: 2, slope: 0, dropout: 0, ...more } as never, { imageSize: 16, channels: 3 }), // prettier-ignore
    discriminator: () => discriminator.get('patchgan').create({ norm: 'none', width: 2, layers: 1, slope: 0 } as never, { imageSize: 16, channels: 3 }), // prettier-ignore
    adversarial: () => adversarial.get('bce').create(undefined as never),
    optimizer: () => optimizer.get('adam').create({ beta1: 0.5, beta2: 0.9, epsilon: 1e-7 } as never),
    loss: { adversarial: { type: 'bce' }, lambda: 1, identity: true },
  });
  const create = (options: object, type: string) =>
    method.get('cut').create({ ...OPTIONS, ...options } as never, site(type) as never);
  assert.throws(() => create({}, 'unet'), expects(/shows none/, ['generator', 'type']));
  assert.throws(() => create({ layers: ['residual3'] }, 'resnet'), expects(/no layer "residual3".*residual1, residual2/, ['method', 'layers'])); // prettier-ignore
  const { F } = create({}, 'resnet').networks;
  assert.deepEqual(
    F!.weights.filter(({ name }) => name.endsWith('1/kernel')).map(({ name, shape }) => [name, ...shape]),
    [['image/1/kernel', 3, 8], ['down1/1/kernel', 4, 8], ['down2/1/kernel', 8, 8], ['residual1/1/kernel', 8, 8], ['residual2/1/kernel', 8, 8]], // prettier-ignore
  );
});

const OPTIONS = { direction: 'AtoB', layers: 'auto', patches: 4, temperature: 0.07, projection: 8, flip_equivariance: false }; // prettier-ignore

function expects(message: RegExp, option: readonly string[]) {
  return (error: unknown) => {
    assert.ok(error instanceof ProblemError);
    assert.match(error.message, message);
    assert.deepEqual(error.problems[0]!.option, option);
    return true;
  };
}

/** A generator that returns its image, and shows it as its only layer. */
const copies = generatorOf((x) => x);
/** Its translations and features are the same everywhere. */
const blank = generatorOf((x) => tf.onesLike(x));

function generatorOf(apply: (x: Tensor4D) => Tensor4D): Network {
  return {
    weights: [{ name: 'w', shape: [], initial: { kind: 'normal', mean: 1, stddev: 0 } }],
    apply: ({ w }, x) => tf.mul(apply(x), w!),
    features: {
      channels: { image: 3 },
      usual: ['image'],
      encode: ({ w }, x) => [tf.mul(apply(x), w!)],
    },
  };
}

/** The contrastive loss with a generator, whose colours are projected to their directions. */
function lossesOf(spec: CutCase, G: Network): { readonly translation: number } {
  const F = {
    weights: [{ name: 'w', shape: [], initial: { kind: 'normal', mean: 1, stddev: 0 } }] as const,
    cost: { numbers: 0, products: 0 },
    apply: ({ w }: Readonly<Record<string, tf.Tensor>>, _: string, x: Tensor2D) =>
      tf.mul<Tensor2D>(tf.div(x, tf.add(tf.norm(x, 2, 1, true), 1e-7)), w!),
  };
  const model = { ...cutOf(spec), G, F, layers: ['image'] };
  const state = cutMethod(model).initial(1);
  const weights = { G: state.G.weights, F: state.F.weights, D: state.D.weights };
  const { losses } = gradients(model, weights, batch(), tf.tensor1d([spec.seed, 0], 'int32') as never);
  return { translation: losses['nce/translation']!.dataSync()[0]! };
}
