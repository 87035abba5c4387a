import type { Typed } from '../../src/registry/config.js';

/** Networks with options that change what they are made of: small, for contract tests. */
export const GENERATOR_VARIANTS: Readonly<Record<string, Typed>> = {
  'resnet, resize': { type: 'resnet', upsampling: 'resize' },
  'resnet, antialiased': { type: 'resnet', downsampling: 'antialiased', upsampling: 'antialiased' },
  'unet, resize': { type: 'unet', upsampling: 'resize' },
  'unet, antialiased': { type: 'unet', upsampling: 'antialiased' },
};

export const DISCRIMINATOR_VARIANTS: Readonly<Record<string, Typed>> = {
  'patchgan, antialiased': { type: 'patchgan', downsampling: 'antialiased' },
};
