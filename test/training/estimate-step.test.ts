import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Config } from '../../src/registry/config.js';
import { builtins } from '../../src/app/builtins.js';
import { make } from '../../src/registry/make.js';
import { estimateStep } from '../../src/training/estimate-step.js';
import { config } from '../rig.js';

const unet = { type: 'unet', norm: 'instance', width: 64, depth: 'auto', dropout: 0.5, slope: 0.3 };
const resnet = (blocks: number, width = 64) => ({ type: 'resnet', blocks, norm: 'instance', width });

function estimate(size: number, generator: Config['generator'], { width = 64, identity = 0.5, batch = 1 } = {}) {
  const defaults = config();
  const discriminator = { type: 'patchgan', norm: 'instance', width, layers: 3, slope: 0.3, conditional: false };
  const dataset = { ...defaults.dataset, image_size: size, batch_size: batch };
  const view = { config: { ...defaults, dataset, generator, discriminator, loss: { ...defaults.loss, identity } }, components: builtins() }; // prettier-ignore
  return estimateStep(view, 2)!;
}

describe('the estimate of a training step', () => {
  // Peak memory and seconds from bench/README.md and of the quickstart.
  for (const [what, size, generator, gigabytes, seconds, options] of [
    ['U-Net, 256', 256, unet, 3.1, 2.2, {}],
    ['ResNet-9, 256', 256, resnet(9), 3.0, 10.5, {}],
    ['ResNet-6, 64', 64, resnet(6), 1.0, 0.55, {}],
    ['the quickstart', 64, { ...unet, width: 32, depth: 3 }, 0.6, 0.035, { width: 32 }],
  ] as const) {
    test(`is close to the measurement for ${what}`, () => {
      const { bytes, seconds: estimated } = estimate(size, generator, options);
      assert.ok(Math.abs(bytes / 1e9 / gigabytes - 1) < 0.25, `${bytes / 1e9} GB`);
      assert.ok(estimated / seconds > 0.5 && estimated / seconds < 2, `${estimated} s`);
    });
  }

  test('counts the averages of the generators', () => {
    const defaults = config();
    const bytes = (ema_decay: number | null) =>
      estimateStep({ config: { ...defaults, train: { ...defaults.train, ema_decay } }, components: builtins() }, 2)!.bytes; // prettier-ignore
    const { generator, dataset } = defaults;
    const { weights } = make(builtins().generator, generator, { imageSize: dataset.image_size, channels: 3 });
    const count = weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    assert.equal(bytes(0.999) - bytes(null), 2 * 4 * count);
  });

  test('grows with pixels and batches, except for the weights', () => {
    const [small, large, batch] = [estimate(256, resnet(9)), estimate(512, resnet(9)), estimate(256, resnet(9), { batch: 4 })]; // prettier-ignore
    assert.ok(large.bytes / small.bytes > 3 && large.bytes / small.bytes < 4);
    assert.ok(Math.abs(large.bytes / batch.bytes - 1) < 0.01);
    assert.ok(Math.abs(large.seconds / small.seconds - 4) < 0.05);
  });

  test('counts the published multiplications of ResNet-9 at 256 pixels, 56.8 thousand million', () => {
    const site = { imageSize: 256, channels: 3 };
    const { cost } = make(builtins().generator, resnet(9), site);
    // The published number counts a transposed convolution per output pixel: four times as many as input pixels.
    const transposed = 9 * (256 * 128 * 128 ** 2 + 128 * 64 * 256 ** 2);
    assert.ok(Math.abs((cost!.products + 0.75 * transposed) / 56.8e9 - 1) < 0.01, String(cost!.products));
  });

  test('is computed from weights, stored activations, and multiplications', () => {
    const defaults = config();
    const discriminator = { type: 'patchgan', norm: 'instance', width: 8, layers: 3, slope: 0.3, conditional: false };
    const site = { imageSize: 64, channels: 3 };
    const [G, D] = [
      make(builtins().generator, resnet(2, 8), site),
      make(builtins().discriminator, discriminator, site),
    ];
    const weights = [G, D].map((network) => network.weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)); // prettier-ignore
    const dataset = { ...defaults.dataset, image_size: 64, batch_size: 2 };
    const view = { config: { ...defaults, dataset, generator: resnet(2, 8), discriminator }, components: builtins() };
    const { bytes, seconds } = estimateStep(view, 2)!;
    // Six passes of generators and four of discriminators, two images each.
    const numbers = 2 * (6 * G.cost!.numbers + 4 * D.cost!.numbers);
    const products = 2 * (6 * G.cost!.products + 4 * D.cost!.products);
    assert.ok(Math.abs(bytes - (0.58e9 + 16 * 2 * (weights[0]! + weights[1]!) + 12 * numbers)) < 1);
    assert.ok(Math.abs(seconds / ((3 * products) / (35e9 * 2)) - 1) < 1e-9);
  });

  test('is undefined for a network that declares no cost', () => {
    const components = builtins();
    const withoutCost = { ...make(components.generator, unet, { imageSize: 64, channels: 3 }), cost: undefined };
    components.generator.add('mine', {
      summary: 'a test’s',
      schema: { properties: {} },
      create: () => withoutCost,
    });
    assert.equal(estimateStep({ config: { ...config(), generator: { type: 'mine' } }, components }, 2), undefined);
  });
});
