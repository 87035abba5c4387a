/** Options shared by networks. */
import type { OptionSchema } from '../registry/component.js';

const NORM_OPTION: OptionSchema = {
  description:
    'Normalisation after the convolutions: `instance` (each image and channel by itself), `batch` (each channel over all images of the batch; an image that is translated, by itself, as theirs is in `test.py` without `--eval`), `layer` (each image, all channels together, as PyTorch’s GroupNorm of one group), or `none`.',
  enum: ['instance', 'batch', 'layer', 'none'],
  default: 'instance',
};

const AFFINE_OPTION: OptionSchema = {
  description:
    'Whether norms have a learned scale and offset of each channel, as in the tutorial; `false` as in the paper’s PyTorch code, and with its published weights.',
  type: 'boolean',
  default: true,
  'x-neutral': true,
};

const BIAS_OPTION: OptionSchema = {
  description:
    'Whether each convolution that no instance or batch norm follows has a bias, as in the paper’s PyTorch code, or only the last one, as in the tutorial. These norms remove a bias, so before one there is none.',
  type: 'boolean',
  default: false,
  'x-neutral': true,
};

const INIT_OPTION: OptionSchema = {
  description:
    'Distribution of the initial kernels, as in pytorch-CycleGAN-and-pix2pix (`--init_type`): `normal` with a deviation of `gain`; `xavier`, normal with a deviation of gain √(2 / (fan-in + fan-out)); `kaiming`, normal with a deviation of √(2 / fan-in); `orthogonal` times gain.',
  enum: ['normal', 'xavier', 'kaiming', 'orthogonal'],
  default: 'normal',
  'x-neutral': true,
};

const GAIN_OPTION: OptionSchema = {
  description:
    'The gain of `init` (`--init_gain`); also the deviation of the initial scales of norms from 1. `kaiming` takes it only for these.',
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 10,
  default: 0.02,
  'x-neutral': true,
};

/** What networks have in common: norms, biases and initial weights. */
export const STYLE_OPTIONS = {
  norm: NORM_OPTION,
  affine: AFFINE_OPTION,
  bias: BIAS_OPTION,
  init: INIT_OPTION,
  gain: GAIN_OPTION,
} satisfies Readonly<Record<string, OptionSchema>>;

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
    'How images are doubled on the way up. `transpose`: transposed convolutions, as in the paper and the tutorial; `resize`: each pixel four times, then a convolution, which leaves no checkerboard; `antialiased`: the same with a blur before the convolution (bilinear interpolation), as in CUT’s code; `subpixel`: a convolution to four times the channels, which become the pixels (PixelShuffle).',
  enum: ['transpose', 'resize', 'antialiased', 'subpixel'],
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
