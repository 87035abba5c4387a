import type { Typed } from '../../src/registry/config.js';

/** Networks with options that change what they are made of: small, for contract tests. */
export const GENERATOR_VARIANTS: Readonly<Record<string, Typed>> = {
  'resnet, resize': { type: 'resnet', upsampling: 'resize' },
  'resnet, antialiased': { type: 'resnet', downsampling: 'antialiased', upsampling: 'antialiased' },
  'resnet, subpixel, orthogonal': { type: 'resnet', upsampling: 'subpixel', init: 'orthogonal', gain: 0.3 },
  'resnet, dropout': { type: 'resnet', dropout: 0.5 },
  'resnet, layer norm': { type: 'resnet', norm: 'layer', bias: true },
  'resnet, batch norm': { type: 'resnet', norm: 'batch' },
  'unet, batch norm, not affine': { type: 'unet', norm: 'batch', affine: false },
  'resnet, attention': { type: 'resnet', attention: true },
  'resnet, not affine': { type: 'resnet', affine: false },
  'unet, resize': { type: 'unet', upsampling: 'resize' },
  'unet, antialiased': { type: 'unet', upsampling: 'antialiased' },
  'unet, subpixel, not affine': { type: 'unet', upsampling: 'subpixel', affine: false, bias: true },
  'unet, as in PyTorch': { type: 'unet', variant: 'pytorch', bias: true, dropout: 0 },
  'unet, without norms': { type: 'unet', norm: 'none', bias: true },
};

export const DISCRIMINATOR_VARIANTS: Readonly<Record<string, Typed>> = {
  'patchgan, antialiased': { type: 'patchgan', downsampling: 'antialiased' },
  'patchgan, layer norm': { type: 'patchgan', norm: 'layer', bias: true, init: 'kaiming' },
  'patchgan, batch norm': { type: 'patchgan', norm: 'batch' },
  'patchgan, three scales': { type: 'patchgan', layers: 1, scales: 3 },
  'patchgan, two scales, augmented': { type: 'patchgan', layers: 1, scales: 2, augment: ['color', 'cutout'] },
  'patchgan, spectral norms': { type: 'patchgan', norm: 'none', bias: true, spectral: true },
  'patchgan, augmented': { type: 'patchgan', augment: ['color', 'translation', 'cutout'] },
  'pixelgan, spectral norms, augmented': { type: 'pixelgan', spectral: true, augment: ['color', 'cutout'] },
};
