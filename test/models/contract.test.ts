import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { gradientsOf } from '../../src/engine/gradients.js';
import { initialWeights } from '../../src/engine/initialize.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey, randomNormal } from '../../src/engine/random-tensors.js';
import { builtins } from '../../src/app/builtins.js';
import { defaults } from './defaults.js';
import { DISCRIMINATOR_VARIANTS, GENERATOR_VARIANTS } from './variants.js';
import type { Typed } from '../../src/registry/config.js';
import type { DiscriminatorComponent, GeneratorComponent } from '../../src/registry/kinds/network.js';

before(() => loadTensorFlow());

const SITE = { imageSize: 32, channels: 3 };
const FACTS = { imageSize: 32, epochs: 2, pairing: 'unpaired' as const };

/** Small options; the U-Net does not go down to one pixel, as the instance norm of one pixel is constant and blocks gradients. */
const SMALL: Readonly<Record<string, object>> = {
  unet: { width: 4, depth: 3 },
  resnet: { width: 4, blocks: 2 },
  patchgan: { width: 4 },
  pixelgan: { width: 4 },
};

const { generator, discriminator } = builtins();
for (const [name, component] of generator) contract('generator', name, component);
for (const [name, options] of Object.entries(GENERATOR_VARIANTS)) {
  contract('generator', name, generator.get(options.type), options);
}
for (const [name, component] of discriminator) contract('discriminator', name, component);
for (const [name, options] of Object.entries(DISCRIMINATOR_VARIANTS)) {
  contract('discriminator', name, discriminator.get(options.type), options);
}

function contract(
  kind: 'generator' | 'discriminator',
  name: string,
  component: GeneratorComponent | DiscriminatorComponent,
  chosen: Typed = { type: name },
): void {
  const options = { ...defaults(component.schema), ...SMALL[chosen.type], ...chosen } as Typed;
  const network = component.create(options as never, SITE);
  const image = (seed: number, batch = 1) => tf.tanh(randomNormal<tf.Rank.R4>([batch, 32, 32, 3], randomKey(seed, 0)));
  const apply = (x: Tensor4D, key?: [number, number], seed = 1) =>
    tf.tidy(() => network.apply(initialWeights(network, seed, 'G'), x, key && randomKey(...key)));

  describe(`${kind}.${name}`, () => {
    test('resolves its default options idempotently', () => {
      const once = component.resolve?.(defaults(component.schema) as never, FACTS) ?? defaults(component.schema);
      assert.deepEqual(component.resolve?.(once as never, FACTS) ?? once, once);
      assert.ok(!Object.values(once).includes('auto'));
      assert.deepEqual(component.check?.(once as never, FACTS) ?? [], []);
    });

    test('has weights with unique names', () => {
      const names = network.weights.map((weight) => weight.name);
      assert.equal(new Set(names).size, names.length);
    });

    test('computes a result of the declared shape', () => {
      const y = apply(image(1, 2));
      if (kind === 'generator') {
        assert.deepEqual(y.shape, [2, 32, 32, 3]);
        assert.ok(tf.max(tf.abs(y)).dataSync()[0]! <= 1, 'within [-1, 1]');
      } else {
        const [batch, height, width, channels] = y.shape;
        assert.deepEqual([batch, channels], [2, 1]);
        assert.ok(height >= 1 && height === width);
      }
    });

    test('is a pure function and leaks no tensors', () => {
      const weights = initialWeights(network, 1, 'G');
      const x = image(1);
      const before = tf.memory().numTensors;
      const [first, second] = [1, 2].map(() => tf.tidy(() => network.apply(weights, x)));
      assert.deepEqual(first!.dataSync(), second!.dataSync());
      assert.equal(tf.memory().numTensors, before + 2);
    });

    test('processes every image of a batch independently', () => {
      const [a, b] = [image(1), image(2)];
      close(apply(tf.concat([a, b])), tf.concat([apply(a), apply(b)]));
    });

    test('has a finite, non-zero gradient for every weight', () => {
      const weights: Record<string, Tensor> = { ...initialWeights(network, 1, 'G') };
      // Attention has no effect as long as its factor is 0, as it is at first.
      if ('attention/gamma' in weights) weights['attention/gamma'] = tf.ones([1]);
      const { gradients } = gradientsOf({ weights }, () => {
        const maps = network.maps?.(weights, image(1)) ?? [network.apply(weights, image(1))];
        const losses = maps.map((y) => tf.sum<tf.Scalar>(tf.mul(y, randomNormal(y.shape, randomKey(3, 0)))));
        return { loss: tf.addN(losses), extra: {} };
      });
      for (const { name: weight, shape } of network.weights) {
        const gradient = gradients.weights[weight]!;
        assert.deepEqual(gradient.shape, shape);
        const norm = tf.norm(gradient).dataSync()[0]!;
        assert.ok(Number.isFinite(norm) && norm > 1e-6, `the gradient of ${weight} has length ${norm}`);
      }
    });

    test('draws random numbers from the key of the step only', () => {
      const x = image(1);
      assert.deepEqual(apply(x, [7, 3]).dataSync(), apply(x, [7, 3]).dataSync());
      const [masked, whole] = [apply(x, [7, 3]).dataSync(), apply(x).dataSync()];
      const random = masked.some((value, i) => value !== whole[i]);
      const draws = Number(options['dropout'] ?? 0) > 0 || [options['augment'] ?? []].flat().length > 0;
      assert.equal(random, draws, 'random only where there is dropout or an augmentation');
      if (!random) return;
      assert.notDeepEqual(apply(x, [7, 3]).dataSync(), apply(x, [7, 4]).dataSync());
      assert.notDeepEqual(apply(x, [7, 3]).dataSync(), apply(x, [8, 3]).dataSync());
    });
  });
}

function close(a: Tensor, b: Tensor): void {
  assert.deepEqual(a.shape, b.shape);
  const difference = tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
  assert.ok(difference < 1e-5, `they differ by ${difference}`);
}
