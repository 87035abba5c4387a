/** Options shared by discriminators. */
import type { OptionProblem, OptionSchema } from '../registry/component.js';
import type { NetworkSite } from '../registry/kinds/network.js';
import { AUGMENT_OPTION, type Augmentation } from './diff-augment.js';
import type { InitOptions } from './initialization.js';
import type { NormOptions } from './layers.js';
import { SLOPE_OPTION, STYLE_OPTIONS, WIDTH_OPTION } from './network-options.js';

export interface DiscriminatorOptions extends NormOptions, InitOptions {
  readonly width: number;
  readonly slope: number;
  readonly conditional: boolean;
  // A config from before these options existed does not have them.
  readonly spectral?: boolean;
  readonly augment?: readonly Augmentation[];
}

export const DISCRIMINATOR_OPTIONS: Readonly<Record<keyof DiscriminatorOptions, OptionSchema>> = {
  width: WIDTH_OPTION,
  slope: SLOPE_OPTION,
  conditional: {
    description: 'Whether it also sees the source image (Pix2Pix; needs pairs, which CycleGAN does not have).',
    type: 'boolean',
    default: false,
  },
  ...STYLE_OPTIONS,
  spectral: {
    description:
      'Whether each kernel is divided by its largest singular value (Miyato et al. 2018), which bounds how fast the discriminator’s scores change with the image.',
    type: 'boolean',
    default: false,
    'x-neutral': true,
  },
  augment: AUGMENT_OPTION,
};

/** Channels of the images that a discriminator sees in one tensor: a conditional one takes the image and its source. */
export const seenChannels = (
  { conditional }: DiscriminatorOptions,
  { channels, beside = [channels] }: NetworkSite,
): readonly number[] => (conditional ? [...beside, ...beside] : beside);

/** CycleGAN is the method that lets a config choose. */
export function checkConditional({ conditional }: DiscriminatorOptions): readonly OptionProblem[] {
  if (!conditional) return [];
  return [
    {
      path: ['conditional'],
      message:
        'A conditional discriminator judges pairs of an image and its translation, and CycleGAN has no such pairs.',
      cure: 'Use conditional: false.',
    },
  ];
}
