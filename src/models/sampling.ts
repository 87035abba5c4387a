/** How networks halve and double images. */
import * as tf from '@tensorflow/tfjs-core';
import * as ops from '../engine/ops.js';
import type { Convolution } from './cost.js';
import { conv, plain, sequential, type ConvShape, type Layer } from './layers.js';

/** How an image is halved on the way down: see {@link DOWNSAMPLING_OPTION}. */
export type Downsampling = 'strided' | 'antialiased';

/** How an image is doubled on the way up: see {@link UPSAMPLING_OPTION}. */
export type Upsampling = 'transpose' | 'resize' | 'antialiased' | 'subpixel';

/**
 * Doubles an image by a convolution with a kernel of 3 and a step without weights. [b, h, w, from] to [b, 2h, 2w, to].
 *
 * With `resize` and `antialiased`, each pixel of the result sees as much of the image as its neighbours, which a transposed convolution does
 * not ensure (Odena et al. 2016, doi:10.23915/distill.00003).
 *
 * @param how `resize` repeats pixels, `antialiased` blurs them too ({@link blurDouble}), and the convolution is last; `subpixel` is a
 * convolution to four times the channels, then {@link pixelsFromChannels}
 */
export function doublingConv(
  name: string,
  how: Exclude<Upsampling, 'transpose'>,
  { from, to, bias = false }: Pick<ConvShape, 'from' | 'to' | 'bias'>,
): Layer {
  if (how === 'subpixel') return sequential(conv(name, { kernel: 3, from, to: 4 * to, bias }), pixelsFromChannels);
  const enlarge = how === 'resize' ? plain(ops.enlarge) : blurDouble;
  return sequential(enlarge, conv(name, { kernel: 3, from, to, bias }));
}

/** What {@link doublingConv} costs. @param side of the doubled image */
export function doublingCost(
  how: Exclude<Upsampling, 'transpose'>,
  from: number,
  to: number,
  side: number,
): Convolution {
  return how === 'subpixel' ? { kernel: 3, from, to: 4 * to, side: side / 2 } : { kernel: 3, from, to, side };
}

/**
 * Four channels become the four pixels of a square (Shi et al. 2016, arXiv:1609.05158). [b, h, w, 4c] to [b, 2h, 2w, c], in TensorFlow's
 * order: all channels of the upper left pixel first, where PyTorch's PixelShuffle has the four pixels of the first channel.
 */
export const pixelsFromChannels: Layer = plain((x) =>
  ops.linear(
    x,
    (x) => tf.depthToSpace(x, 2, 'NHWC'),
    (dy) => {
      const [batch, height, width, channels] = dy.shape;
      const squares = tf.reshape(dy, [batch, height / 2, 2, width / 2, 2, channels]);
      return tf.reshape(tf.transpose(squares, [0, 1, 3, 2, 4, 5]), [batch, height / 2, width / 2, 4 * channels]);
    },
  ),
);

/**
 * Halves an image without aliasing: a blur, then every other pixel (Zhang 2019, arXiv:1904.11486). [b, h, w, c] to
 * [b, h / 2, w / 2, c], rounded up.
 *
 * The blur is [1, 2, 1] x [1, 2, 1] / 16 with reflected borders. It is computed as two means of 2x2 pixels, the second with the stride.
 */
export const blurHalve: Layer = plain((x) => {
  const [, height, width] = x.shape;
  // The blur of the last of an odd number of rows reaches one more.
  return ops.averageSquares(ops.averageSquares(ops.reflectPad(x, 1, [height % 2, width % 2]), 1), 2);
});

/**
 * Doubles an image without aliasing: each pixel four times, then the blur of {@link blurHalve}, which is bilinear interpolation. Equals CUT's
 * `Upsample`: zeros between repeated borders, blurred by [1, 3, 3, 1] x [1, 3, 3, 1] / 16. [b, h, w, c] to [b, 2h, 2w, c].
 */
export const blurDouble: Layer = plain((x) =>
  ops.averageSquares(ops.averageSquares(ops.reflectPad(ops.enlarge(x), 1), 1), 1),
);
