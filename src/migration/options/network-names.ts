import type { OptionReader } from './option-row.js';

type NetworkOptions = Readonly<Record<string, string | number>>;

/** What `--netG` names. */
const GENERATORS: Readonly<Record<string, NetworkOptions>> = {
  resnet_9blocks: { type: 'resnet', blocks: 9 },
  resnet_6blocks: { type: 'resnet', blocks: 6 },
  // In CUT's networks.py.
  resnet_4blocks: { type: 'resnet', blocks: 4 },
  // networks.py's U-Net; its LeakyReLU has a slope of 0.2.
  unet_256: { type: 'unet', variant: 'pytorch', depth: 8, slope: 0.2 },
  unet_128: { type: 'unet', variant: 'pytorch', depth: 7, slope: 0.2 },
};

/** The options of the generator that is called so there, or undefined if there is none here. */
export const generatorNamed = (name: string): NetworkOptions | undefined => GENERATORS[name];

/** The networks of a file that are here. The options of another one are left out, since they would shape a network that it does not mean. */
export function knownNetworks(options: OptionReader): readonly ('generator' | 'discriminator')[] {
  const known = {
    generator: !options.has('netG') || generatorNamed(options.text('netG')) !== undefined,
    discriminator: !options.has('netD') || ['basic', 'n_layers', 'pixel'].includes(options.text('netD')),
  };
  return (['generator', 'discriminator'] as const).filter((section) => known[section]);
}
