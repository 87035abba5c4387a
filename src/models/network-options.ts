import type { OptionSchema } from '../registry/component.js';

/** Options shared by networks. */
export const NORM_OPTION: OptionSchema = {
  description: 'Normalisation after the convolutions: `instance` (each image and channel by itself), or `none`.',
  enum: ['instance', 'none'],
  default: 'instance',
};

export const WIDTH_OPTION: OptionSchema = {
  description: 'Channels of the widest images inside the network; deeper layers have up to 8 times as many.',
  type: 'integer',
  minimum: 1,
  maximum: 1024,
  default: 64,
};

export const DOWNSAMPLING_OPTION: OptionSchema = {
  description:
    'How images are halved. `strided`: convolutions that skip every other pixel, as in the paper and the tutorial; `antialiased`: convolutions of every pixel, then a blur, then every other pixel, as in CUT’s code, at up to four times the cost of these layers.',
  enum: ['strided', 'antialiased'],
  default: 'strided',
  'x-neutral': true,
};

export const UPSAMPLING_OPTION: OptionSchema = {
  description:
    'How images are doubled on the way up. `transpose`: transposed convolutions, as in the paper and the tutorial; `resize`: each pixel four times, then a convolution, which leaves no checkerboard; `antialiased`: the same with a blur before the convolution (bilinear interpolation), as in CUT’s code.',
  enum: ['transpose', 'resize', 'antialiased'],
  default: 'transpose',
  'x-neutral': true,
};

export const SLOPE_OPTION: OptionSchema = {
  description: 'Slope of LeakyReLU below zero: 0.3 in the tutorial (Keras’s default), 0.2 in the paper’s code.',
  type: 'number',
  minimum: 0,
  exclusiveMaximum: 1,
  default: 0.3,
};
