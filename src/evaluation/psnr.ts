import * as tf from '@tensorflow/tfjs-core';
import type { MetricComponent } from '../registry/kinds/metric.js';
import { meanOf, needed, toUnitRange } from './mean.js';

export const psnr: MetricComponent = {
  summary: 'Peak signal-to-noise ratio between the translation and the true one, in dB.',
  details:
    'Mean over images of 10 log10(1 / MSE), pixels in [0, 1]. Only where the data set knows the true translation.',
  schema: { properties: {} },
  create: () =>
    meanOf({ better: 'higher', unit: 'dB', needs: { truth: true } }, (image) =>
      peakSignalToNoise(toUnitRange(image.translated), toUnitRange(needed(image, 'truth'))),
    ),
};

/** 10 log10(1 / MSE) of images [b, h, w, c] in [0, 1], in dB; infinite for equal images, as `tf.image.psnr`. */
export function peakSignalToNoise(a: tf.Tensor4D, b: tf.Tensor4D): tf.Scalar {
  const mse = tf.mean(tf.squaredDifference(a, b));
  return tf.mul(tf.log(mse), -10 / Math.LN10);
}
