import * as tf from '@tensorflow/tfjs-core';
import type { Metric, MetricAccumulator, MetricComponent, MetricValue } from '../../registry/kinds/metric.js';
import { bootstrapInterval } from '../bootstrap.js';
import { meanOf } from '../mean.js';

/** Below it, translations are called inverted. */
export const INVERTED_BELOW = -0.4;

export const inversion: MetricComponent = {
  summary:
    'Correlation between the brightness of a source and of its translation; negative if dark and light are swapped.',
  details: `The mean over images of Pearson’s correlation over pixels (luma of Rec. 601), from -1 to 1. A generator that inverts colours passes the cycle loss, and training rarely leaves that state: below ${INVERTED_BELOW} the evaluation warns. Not an error where the domains themselves differ so, such as drawings on white and photographs at night. An image of a single brightness counts as 0.`,
  schema: { properties: {} },
  create: () => {
    const mean = meanOf({ better: 'higher', diagnostic: true, needs: {} }, ({ source, translated }) =>
      correlation(luma(source), luma(translated)),
    );
    return { ...mean, start: async (site) => withAlarm(await mean.start(site)) } satisfies Metric;
  },
};

function withAlarm(accumulator: MetricAccumulator): MetricAccumulator {
  return {
    add: (batch) => accumulator.add(batch),
    async result() {
      const { value, count } = (await accumulator.result()) as MetricValue;
      const values = accumulator.perImage!();
      const interval = bootstrapInterval(count, (indices) => indices.reduce((sum, i) => sum + values[i]!, 0) / count);
      const alarm = 'the translations are inverted: dark where their sources are light';
      return { value, count, interval, ...(value < INVERTED_BELOW && { alarm }) };
    },
    perImage: () => accumulator.perImage!(),
    dispose: () => accumulator.dispose(),
  };
}

/** Brightness of an image's pixels; of other than three channels, their mean. */
function luma(image: tf.Tensor4D): tf.Tensor {
  return image.shape[3] === 3 ? tf.sum(tf.mul(image, tf.tensor1d([0.299, 0.587, 0.114])), 3) : tf.mean(image, 3);
}

/** Pearson's correlation of two tensors of equal shape; 0 if one of them is constant. */
export function correlation(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  const [x, y] = [tf.sub(a, tf.mean(a)), tf.sub(b, tf.mean(b))];
  const scale = tf.sqrt(tf.mul(tf.sum(tf.square(x)), tf.sum(tf.square(y))));
  return tf.divNoNan<tf.Scalar>(tf.sum(tf.mul(x, y)), scale);
}
