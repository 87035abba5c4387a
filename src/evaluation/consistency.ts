import * as tf from '@tensorflow/tfjs-core';
import type { MetricComponent } from '../registry/kinds/metric.js';
import { meanOf, needed } from './mean.js';

/** Mean absolute error in [-1, 1], as in the losses of the same name. */
const l1 = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Scalar => tf.mean(tf.abs(tf.sub(a, b)));

/** Zhu et al. 2017, equation 2, on test images and without its weight lambda. */
export const cycleError: MetricComponent = {
  summary: 'Mean |x - F(G(x))|: how far from itself an image comes back.',
  details:
    'In the networks’ range [-1, 1]; the cycle consistency loss without its weight (Zhu et al. 2017, equation 2).',
  schema: { properties: {} },
  create: () =>
    meanOf({ better: 'lower', needs: { reconstructed: true }, lossTerm: 'cycle' }, (image) =>
      l1(image.source, needed(image, 'reconstructed')),
    ),
};

/** Zhu et al. 2017, section 5.2: a generator should leave images of its own target domain alone. */
export const identityError: MetricComponent = {
  summary: 'Mean |x - F(x)|: how much an image changes that already is in the target domain.',
  details: 'In the networks’ range [-1, 1]; the identity loss without its weights (Zhu et al. 2017, section 5.2).',
  schema: { properties: {} },
  create: () =>
    meanOf({ better: 'lower', needs: { identity: true }, lossTerm: 'identity' }, (image) =>
      l1(image.source, needed(image, 'identity')),
    ),
};
