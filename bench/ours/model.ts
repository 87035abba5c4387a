import type { Typed } from '../../src/registry/config.js';
import type { CycleGan } from '../../src/methods/cyclegan.js';
import { builtins } from '../../src/app/builtins.js';
import { make } from '../../src/registry/make.js';
import type { Case } from '../cases.js';

export const CHANNELS = 3;
export const LEARNING_RATE = 2e-4;

/** The CycleGAN of a case; all other options as in the tutorial. */
export function buildModel({ generator, discriminator, identity, size }: Case): CycleGan {
  const components = builtins();
  const site = { imageSize: size, channels: CHANNELS };
  const adam: Typed = { type: 'adam', learning_rate: LEARNING_RATE, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 };
  return {
    G: make(components.generator, generator, site),
    F: make(components.generator, generator, site),
    D_X: make(components.discriminator, discriminator, site),
    D_Y: make(components.discriminator, discriminator, site),
    adversarial: make(components.adversarial, { type: 'bce' }, undefined),
    lambda: { forward: 10, backward: 10 },
    identity,
    optimizer: make(components.optimizer, adam, undefined),
  };
}

/** How many numbers the kernels of all convolutions have: equal among contestants, which differ in biases and norms. */
export function kernelNumbers({ G, F, D_X, D_Y }: CycleGan): number {
  const kernels = [G, F, D_X, D_Y].flatMap(({ weights }) => weights.filter(({ shape }) => shape.length === 4));
  return kernels.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side), 0);
}
