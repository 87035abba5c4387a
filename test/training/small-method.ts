import { builtins } from '../../src/app/builtins.js';
import { cycleGanMethod, type CycleGan } from '../../src/methods/cyclegan.js';
import { make } from '../../src/registry/make.js';
import type { Method } from '../../src/registry/kinds/method.js';
import { defaults } from '../models/defaults.js';

/** Sides of the images. */
export const SIZE = 32;

/**
 * A small CycleGAN with everything that a step may have: dropout, a pool, concatenated and added features.
 *
 * @param options of its generators @param judgingOptions of its discriminators, and their penalty
 */
export function methodOf(
  generator: 'unet' | 'resnet',
  pool: number,
  options: object = {},
  { penalty, ...judgingOptions }: { readonly penalty?: string } & Readonly<Record<string, unknown>> = {},
): Method {
  const components = builtins();
  const site = { imageSize: SIZE, channels: 3 };
  const small = { ...options, ...(generator === 'unet' ? { width: 4, depth: 5 } : { width: 4, blocks: 2 }) };
  const of = (kind: 'generator' | 'discriminator' | 'optimizer', type: string) =>
    ({ ...defaults(components[kind].get(type).schema), type }) as never;
  const translating = () => make(components.generator, { ...(of('generator', generator) as object), ...small } as never, site); // prettier-ignore
  const judging = () => make(components.discriminator, { ...(of('discriminator', 'patchgan') as object), width: 4, ...judgingOptions } as never, site); // prettier-ignore
  const model: CycleGan = {
    G: translating(),
    F: translating(),
    D_X: judging(),
    D_Y: judging(),
    adversarial: make(components.adversarial, { type: 'least-squares' }, undefined),
    penalty: penalty === undefined ? undefined : make(components.penalty, penalty, undefined),
    lambda: { forward: 10, backward: 8 },
    identity: 0.5,
    optimizer: make(components.optimizer, of('optimizer', 'adam'), undefined),
  };
  return cycleGanMethod(model, { size: pool, image: [SIZE, SIZE, 3] });
}
