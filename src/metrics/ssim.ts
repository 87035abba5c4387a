import * as tf from '@tensorflow/tfjs-core';
import type { MetricComponent } from '../registry/kinds/metric.js';
import { meanOf, toUnitRange, truthOf } from './mean.js';

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

export const ssim: MetricComponent = {
  summary: 'Structural similarity between the translation and the true one; 1 is the same.',
  details:
    'Wang et al. 2004, with their window (11x11 Gaussian, sigma 1.5) and constants (0.01, 0.03), per channel, then averaged; the definition of tf.image.ssim. Only where the data set knows the true translation.',
  schema: { properties: {} },
  check: (_options, { imageSize }) =>
    imageSize >= WINDOW
      ? []
      : [
          {
            path: [],
            against: 'imageSize',
            message: `SSIM looks through a window of ${WINDOW}x${WINDOW} pixels, and dataset.image_size is ${imageSize}.`,
            cure: 'Use larger images, or leave ssim out of evaluate.metrics.',
          },
        ],
  create: () =>
    meanOf({ better: 'higher', needsTruth: true }, (picture) =>
      structuralSimilarity(toUnitRange(picture.translated), toUnitRange(truthOf(picture))),
    ),
};

/**
 * Mean structural similarity (Wang et al. 2004, equation 13) of images [b, h, w, c] in [0, 1].
 *
 * @throws Error for images smaller than the 11x11 window
 */
export function structuralSimilarity(a: tf.Tensor4D, b: tf.Tensor4D): tf.Scalar {
  const [, height, width, channels] = a.shape;
  if (height < WINDOW || width < WINDOW) throw new Error(`SSIM needs images of ${WINDOW}x${WINDOW} pixels or more.`);
  const window = gaussianWindow(channels);
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

/** The Gaussian window as a depthwise kernel [11, 11, channels, 1]; sums to 1. */
function gaussianWindow(channels: number): tf.Tensor4D {
  const offsets = tf.sub(tf.range(0, WINDOW), (WINDOW - 1) / 2);
  const profile = tf.softmax<tf.Tensor1D>(tf.div(tf.square(offsets), -2 * SIGMA ** 2));
  const window = tf.outerProduct(profile, profile);
  return tf.tile(tf.reshape(window, [WINDOW, WINDOW, 1, 1]), [1, 1, channels, 1]);
}
