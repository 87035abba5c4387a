import * as tf from '@tensorflow/tfjs-core';
import type { Metric, MetricAccumulator, MetricValue, TranslatedBatch } from '../registry/kinds/metric.js';

/** A metric that is the mean over images of a number measured on each. @param measure of one image, [1, s, s, c] */
export function meanOf(traits: Omit<Metric, 'start'>, measure: (image: TranslatedBatch) => tf.Scalar): Metric {
  return { ...traits, start: () => new MeanAccumulator(measure) };
}

class MeanAccumulator implements MetricAccumulator {
  readonly #values: number[] = [];

  constructor(private readonly measure: (image: TranslatedBatch) => tf.Scalar) {}

  async add(batch: TranslatedBatch): Promise<void> {
    const size = batch.source.shape[0];
    for (let index = 0; index < size; index++) {
      const measured = tf.tidy(() => this.measure(size === 1 ? batch : imageOf(batch, index)));
      try {
        this.#values.push((await measured.data())[0]!);
      } finally {
        measured.dispose();
      }
    }
  }

  result(): MetricValue {
    const count = this.#values.length;
    return { value: this.#values.reduce((sum, value) => sum + value, 0) / count, count };
  }

  perImage(): readonly number[] {
    return this.#values;
  }

  dispose(): void {
    // It keeps numbers only.
  }
}

/** One image of a batch, as a batch. */
function imageOf(batch: TranslatedBatch, index: number): TranslatedBatch {
  const own = (all: tf.Tensor4D): tf.Tensor4D => tf.slice4d(all, [index, 0, 0, 0], [1, -1, -1, -1]);
  const { source, translated, reconstructed, identity, truth } = batch;
  return {
    source: own(source),
    translated: own(translated),
    ...(reconstructed && { reconstructed: own(reconstructed) }),
    ...(identity && { identity: own(identity) }),
    ...(truth && { truth: own(truth) }),
  };
}

/** From [-1, 1], the networks' range, to [0, 1], the range in which image metrics are defined. */
export function toUnitRange(image: tf.Tensor4D): tf.Tensor4D {
  return tf.div(tf.add(image, 1), 2);
}

/** Returns a part that the metric declares in `needs`; evaluation skips metrics whose needs are not met. */
export function needed(batch: TranslatedBatch, part: 'truth' | 'reconstructed' | 'identity'): tf.Tensor4D {
  const tensor = batch[part];
  if (tensor === undefined) throw new Error(`A metric that needs "${part}" was given a batch without.`);
  return tensor;
}
