import type { Config } from '../config/config.js';
import type { CycleGan } from '../objectives/cyclegan.js';
import type { ConfigView } from '../registry/kinds/stage.js';
import type { Network } from '../registry/kinds/network.js';
import { make } from '../registry/make.js';

/** Pictures are RGB everywhere. */
export const CHANNELS = 3;

/** The whole model of a config: four networks, and what judges and moves them. */
export function buildCycleGan(view: ConfigView): CycleGan {
  const { config, components } = view;
  const discriminator = () => make(components.discriminator, config.discriminator, site(config));
  return {
    ...buildGenerators(view),
    D_X: discriminator(),
    D_Y: discriminator(),
    adversarial: make(components.adversarial, config.loss.adversarial, undefined),
    lambda: config.loss.lambda,
    identity: config.loss.identity,
    optimizer: make(components.optimizer, config.optimizer, undefined),
  };
}

/** G: A to B (X to Y in the paper's letters) and F: B to A. */
export function buildGenerators({ config, components }: ConfigView): { readonly G: Network; readonly F: Network } {
  const generator = () => make(components.generator, config.generator, site(config));
  return { G: generator(), F: generator() };
}

const site = (config: Config) => ({ imageSize: config.dataset.image_size, channels: CHANNELS });
