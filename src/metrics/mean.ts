import * as tf from '@tensorflow/tfjs-core';
import type { Metric, MetricAccumulator, TranslatedPicture } from '../registry/kinds/metric.js';

/** A metric that is the mean over pictures of a number measured on each. */
export function meanOf(
  traits: Pick<Metric, 'better' | 'unit' | 'needsTruth' | 'optimizedBy'>,
  measure: (picture: TranslatedPicture) => tf.Scalar,
): Metric {
  return { ...traits, start: () => new MeanAccumulator(measure) };
}

class MeanAccumulator implements MetricAccumulator {
  #sum = 0;
  #count = 0;

  constructor(private readonly measure: (picture: TranslatedPicture) => tf.Scalar) {}

  add(picture: TranslatedPicture): void {
    this.#sum += tf.tidy(() => this.measure(picture).dataSync()[0]!);
    this.#count += 1;
  }

  result(): number {
    return this.#sum / this.#count;
  }
}

/** From [-1, 1], the networks' range, to [0, 1], the range in which image metrics are defined. */
export function toUnitRange(image: tf.Tensor4D): tf.Tensor4D {
  return tf.div(tf.add(image, 1), 2);
}

/** The true translation; evaluation only asks metrics with `needsTruth` where there is one. */
export function truthOf(picture: TranslatedPicture): tf.Tensor4D {
  if (picture.truth === undefined)
    throw new Error('A metric that needs the true translation was given a picture without.');
  return picture.truth;
}
