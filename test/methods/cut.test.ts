import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { builtins } from '../../src/app/builtins.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { cutMethod, gradients } from '../../src/methods/cut.js';
import type { ImageBatch } from '../../src/registry/kinds/method.js';
import type { Network } from '../../src/registry/kinds/network.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import { temporaryPrefix } from '../engine/graph/rig.js';
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

test('a graph trains as op by op, with the same patches and flips in each step, and goes on from a checkpoint in the same way', (t) => {
  const method = cutMethod(cutOf({ ...SMALL_CUT, flips: true }));
  const trainerOf = (mode: 'graph' | 'eager') =>
    createTrainer(method, { directions: ['AtoB'], mode, precision: 'float32', seed: 3, shape: [1, 16, 16, 3] });
  const [graph, eager, later] = [trainerOf('graph'), trainerOf('eager'), trainerOf('graph')];
  const prefix = temporaryPrefix(t, 'state');
  graph.initialize();
  eager.initialize();
  const found = [0, 1, 2, 3].map((step) => {
    if (step === 2) graph.save(prefix);
    return graph.step(batch(), step, 2e-4);
  });
  // From then on Adam, which moves weights by the signs of gradients, makes differences of rounding large.
  for (const step of [0, 1]) {
    for (const [name, loss] of Object.entries(eager.step(batch(), step, 2e-4))) {
      assert.ok(
        Math.abs(found[step]![name]! / loss - 1) < 1e-3,
        `${name} of step ${step}: ${found[step]![name]}, not ${loss}`,
      );
    }
  }
  later.restore(prefix);
  assert.deepEqual(later.step(batch(), 2, 2e-4), found[2]);
  assert.deepEqual(later.step(batch(), 3, 2e-4), found[3]);
});

describe('the layers that are compared', () => {
  const cut = builtins().method.get('cut');
  const complaints = (layers: unknown, generatorLayers: readonly string[] | undefined) =>
    cut.check!({ layers } as never, { generatorLayers: () => generatorLayers } as never);

  test('must be the generator’s, which must show some', () => {
    const [none] = complaints('auto', []);
    assert.deepEqual([none!.path, none!.cure], [[], 'Use generator: {type: resnet}.']);
    const [unknown] = complaints(['image', 'residual3'], ['image', 'residual1']);
    assert.deepEqual(unknown!.path, ['layers']);
    assert.equal(unknown!.message, 'The generator has no layer "residual3". It has image, residual1.');
    assert.deepEqual(complaints(['residual1'], ['image', 'residual1']), []);
    assert.deepEqual(complaints(['residual1'], undefined), []);
  });

  test('are by default the image, the halvings, the first and the fifth residual block, or the last of fewer', () => {
    const { generator } = builtins();
    const usual = (blocks: number) =>
      generator.get('resnet').create({ norm: 'instance', width: 2, blocks } as never, { imageSize: 16, channels: 3 })
        .features!.usual;
    assert.deepEqual(usual(9), ['image', 'down1', 'down2', 'residual1', 'residual5']);
    assert.deepEqual(usual(3), ['image', 'down1', 'down2', 'residual1', 'residual3']);
    assert.deepEqual(usual(1), ['image', 'down1', 'down2', 'residual1']);
  });
});

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
      tf.mul<Tensor2D>(tf.div(x, tf.norm(x, 2, 1, true)), w!),
  };
  const model = { ...cutOf(spec), G, F, layers: ['image'] };
  const state = cutMethod(model).initial(1);
  const weights = { G: state.G.weights, F: state.F.weights, D: state.D.weights };
  const { losses } = gradients(model, weights, batch(), tf.tensor1d([spec.seed, 0], 'int32'));
  return { translation: losses['nce/translation']!.dataSync()[0]! };
}
