import type { Direction } from '../registry/kinds/export-format.js';
import type {
  DirectedGenerators,
  GeneratorSite,
  Method,
  MethodComponent,
  MethodCurves,
  Pairing,
} from '../registry/kinds/method.js';
import { CHANNELS } from '../registry/kinds/network.js';
import type { ConfigView } from '../registry/kinds/stage.js';
import { clipped } from '../optimizers/clipped.js';
import { make } from '../registry/make.js';
import { averaged } from './averaged.js';

/** The method of a config with its networks, losses, update rule and averages. */
export function buildMethod(view: ConfigView): Method {
  const averages = averagesOf(view);
  const method = ownMethod(view);
  return averages.length === 0 ? method : averaged(method, averages, view.config.train.ema_decay!);
}

/** The generators whose moving averages a config asks for, by their names in the state. */
export function averagesOf({ config, components }: ConfigView): readonly string[] {
  if ((config.train.ema_decay ?? null) === null) return [];
  const method = components.method.get(config.method.type);
  return Object.values(method.directions(config.method as never));
}

function ownMethod(view: ConfigView): Method {
  const { config, components } = view;
  const site = generatorSite(view);
  const { imageSize } = site;
  return make(components.method, config.method, {
    ...site,
    loss: config.loss as never,
    discriminator: (channels = CHANNELS) =>
      make(components.discriminator, config.discriminator, { imageSize, channels, beside: imagesOf(channels) }),
    optimizer: () => clipped(make(components.optimizer, config.optimizer, undefined), config.optimizer),
    adversarial: (reference) => make(components.adversarial, reference, undefined),
    penalty: (reference) => (reference ? make(components.penalty, reference, undefined) : undefined),
  });
}

/** The channels of each image in a tensor of so many. */
const imagesOf = (channels: number): readonly number[] =>
  Array.from({ length: Math.max(1, channels / CHANNELS) }, () => CHANNELS);

/** The generators of a config's method, without the networks needed only in training. */
export function buildGenerators(view: ConfigView): DirectedGenerators {
  const { config, components } = view;
  const method = components.method.get(config.method.type);
  const generators = method.generators(config.method as never, generatorSite(view));
  return { ...generators, of: method.directions(config.method as never) };
}

function generatorSite({ config, components }: ConfigView): GeneratorSite {
  const images = { imageSize: config.dataset.image_size, channels: CHANNELS };
  return { ...images, generator: () => make(components.generator, config.generator, images) };
}

/**
 * Properties of a config's method that need no network. Each is read separately, since a stage can read only the config that it
 * declares.
 */
export class MethodFacts {
  constructor(private readonly view: ConfigView) {}

  get pairing(): Pairing {
    return this.#component.pairing;
  }

  get directions(): readonly Direction[] {
    return Object.keys(this.#component.directions(this.view.config.method as never)) as Direction[];
  }

  /** Their names in the state. */
  get generators(): readonly string[] {
    return Object.values(this.#component.directions(this.view.config.method as never));
  }

  get curves(): MethodCurves {
    const { loss, method } = this.view.config;
    return this.#component.curves(loss as never, method as never);
  }

  get remedies(): readonly string[] {
    return this.#component.remedies?.(this.view.config.loss as never) ?? [];
  }

  get #component(): MethodComponent {
    return this.view.components.method.get(this.view.config.method.type);
  }
}

export const methodFacts = (view: ConfigView): MethodFacts => new MethodFacts(view);
