import type { Direction } from '../registry/kinds/export-format.js';
import type { Generators, GeneratorSite, Method, MethodComponent, MethodCurves } from '../registry/kinds/method.js';
import type { ConfigView } from '../registry/kinds/stage.js';
import { make } from '../registry/make.js';

/** Images are RGB everywhere. */
export const CHANNELS = 3;

/** The config paths of which a method is built. */
export const METHOD_PATHS = [
  'method',
  'loss',
  'generator',
  'discriminator',
  'optimizer',
  'dataset.image_size',
] as const;

/** The method of a config with its networks, losses and update rule. */
export function buildMethod(view: ConfigView): Method {
  const { config, components } = view;
  const site = generatorSite(view);
  const { imageSize } = site;
  return make(components.method, config.method, {
    ...site,
    loss: config.loss as never,
    discriminator: (channels = CHANNELS) =>
      make(components.discriminator, config.discriminator, { imageSize, channels }),
    optimizer: () => make(components.optimizer, config.optimizer, undefined),
    adversarial: (reference) => make(components.adversarial, reference, undefined),
  });
}

/** The generators of a config's method, without the networks that only training needs. */
export function buildGenerators(view: ConfigView): Generators {
  const { config, components } = view;
  return components.method.get(config.method.type).generators(config.method as never, generatorSite(view));
}

function generatorSite({ config, components }: ConfigView): GeneratorSite {
  const images = { imageSize: config.dataset.image_size, channels: CHANNELS };
  return { ...images, generator: () => make(components.generator, config.generator, images) };
}

/** What a config's method says of itself without building a network. */
export interface MethodFacts {
  readonly pairing: MethodComponent['pairing'];
  readonly directions: readonly Direction[];
  readonly curves: MethodCurves;
  readonly remedies: readonly string[];
}

export function methodFacts({ config, components }: ConfigView): MethodFacts {
  const component = components.method.get(config.method.type);
  const [loss, options] = [config.loss as never, config.method as never];
  return {
    pairing: component.pairing,
    directions: component.directions(options),
    curves: component.curves(loss, options),
    remedies: component.remedies?.(loss) ?? [],
  };
}
