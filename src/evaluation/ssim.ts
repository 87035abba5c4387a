import * as tf from '@tensorflow/tfjs-core';
import type { MetricComponent } from '../registry/kinds/metric.js';
import { shorterSide, writtenSides } from '../support/sides.js';
import { meanOf, needed, toUnitRange } from './mean.js';

/** The window of the paper. */
const PAPER: SsimOptions = { window: 11, sigma: 1.5 };
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

export interface SsimOptions {
  /** Side of the window, in pixels. */
  readonly window: number;
  /** The Gaussian's standard deviation, in pixels. */
  readonly sigma: number;
}

export const ssim: MetricComponent<SsimOptions> = {
  summary: 'Structural similarity between the translation and the true one; 1 is the same.',
  details:
    'Wang et al. 2004, by default with their window (11x11 Gaussian, sigma 1.5), with their constants (0.01, 0.03), per channel, then averaged; the definition of tf.image.ssim. Only where the data set knows the true translation.',
  schema: {
    properties: {
      window: {
        description: 'Side of the window through which two images are compared, in pixels.',
        type: 'integer',
        minimum: 3,
        maximum: 4095,
        not: { multipleOf: 2 },
        expected: 'an odd number from 3 to 4095',
        default: PAPER.window,
      },
      sigma: {
        description: 'Standard deviation of the Gaussian that weighs the pixels of the window, in pixels.',
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1000,
        default: PAPER.sigma,
      },
    },
  },
  check: ({ window }, { imageSize }) =>
    shorterSide(imageSize) >= window
      ? []
      : [
          {
            path: window === PAPER.window ? [] : ['window'],
            against: 'imageSize',
            message: `SSIM needs a window of ${window}x${window} pixels, and dataset.image_size is ${writtenSides(imageSize)}.`,
            cure: 'Use larger images or a smaller window, or leave ssim out of evaluate.metrics.',
          },
        ],
  create: (options) =>
    meanOf({ better: 'higher', needs: { truth: true } }, (image) =>
      structuralSimilarity(toUnitRange(image.translated), toUnitRange(needed(image, 'truth')), options),
    ),
};

/**
 * Mean structural similarity (Wang et al. 2004, equation 13) of images [b, h, w, c] in [0, 1].
 *
 * @throws Error for images smaller than the window
 */
export function structuralSimilarity(a: tf.Tensor4D, b: tf.Tensor4D, options = PAPER): tf.Scalar {
  const [, height, width, channels] = a.shape;
  const side = options.window;
  if (height < side || width < side) throw new Error(`SSIM needs images of ${side}x${side} pixels or more.`);
  const window = gaussianWindow(options, channels);
  const blur = (image: tf.Tensor4D): tf.Tensor4D => tf.depthwiseConv2d(image, window, 1, 'valid');

  const [meanA, meanB] = [blur(a), blur(b)];
  const meanAB = tf.mul(meanA, meanB);
  const squaredMeans = tf.add(tf.square(meanA), tf.square(meanB));
  const luminance = tf.div(tf.add(tf.mul(meanAB, 2), C1), tf.add(squaredMeans, C1));

  const covariance = tf.sub(blur(tf.mul(a, b)), meanAB);
  const variances = tf.sub(blur(tf.add<tf.Tensor4D>(tf.square(a), tf.square(b))), squaredMeans);
  const contrastStructure = tf.div(tf.add(tf.mul(covariance, 2), C2), tf.add(variances, C2));
  return tf.mean(tf.mul(luminance, contrastStructure));
}

/** The Gaussian window as a depthwise kernel [side, side, channels, 1]; sums to 1. */
function gaussianWindow({ window: side, sigma }: SsimOptions, channels: number): tf.Tensor4D {
  const offsets = tf.sub(tf.range(0, side), (side - 1) / 2);
  const profile = tf.softmax<tf.Tensor1D>(tf.div(tf.square(offsets), -2 * sigma ** 2));
  const window = tf.outerProduct(profile, profile);
  return tf.tile(tf.reshape(window, [side, side, 1, 1]), [1, 1, channels, 1]);
}
