import * as tf from '@tensorflow/tfjs-core';
import type { MetricAccumulator, MetricComponent, MetricValue, TranslatedBatch } from '../../registry/kinds/metric.js';
import { bootstrapInterval } from '../bootstrap.js';

export const discriminatorAccuracy: MetricComponent = {
  summary: 'The share of patches that the discriminators judge right: real sources as real, translations as fake.',
  details:
    'Over images that training has not seen, from 0 to 1. `fake` near 0.5 means that the discriminator cannot tell translations from real images; near 1, that it wins. `real` far below its value on training images means that the discriminator has learnt these by heart. The real sources are judged by the discriminator of their own domain. A discriminator improves as well, so do not compare runs by it.',
  schema: { properties: {} },
  create: () => ({
    better: 'lower',
    diagnostic: true,
    parts: ['real', 'fake'],
    imageLabel: 'fake',
    needs: { realness: true },
    start: () => new Accuracy(),
  }),
};

class Accuracy implements MetricAccumulator {
  readonly #real: number[] = [];
  readonly #fake: number[] = [];

  async add({ realness }: TranslatedBatch): Promise<void> {
    if (realness === undefined) throw new Error('A metric that needs "realness" was given a batch without.');
    this.#real.push(...(await sharePerImage(realness.source, (map) => tf.greater(map, 0.5))));
    this.#fake.push(...(await sharePerImage(realness.translated, (map) => tf.less(map, 0.5))));
  }

  result(): Record<'real' | 'fake', MetricValue> {
    return { real: mean(this.#real), fake: mean(this.#fake) };
  }

  perImage(): readonly number[] {
    return this.#fake;
  }

  dispose(): void {
    // It keeps numbers only.
  }
}

/** The share of patches of each image's map [b, h, w, 1] that are judged right. */
async function sharePerImage(maps: tf.Tensor4D, isRight: (maps: tf.Tensor4D) => tf.Tensor): Promise<Float32Array> {
  const shares = tf.tidy(() => tf.mean(tf.cast(isRight(maps), 'float32'), [1, 2, 3]));
  try {
    return (await shares.data()) as Float32Array;
  } finally {
    shares.dispose();
  }
}

function mean(values: readonly number[]): MetricValue {
  const count = values.length;
  const value = values.reduce((sum, each) => sum + each, 0) / count;
  return {
    value,
    count,
    interval: bootstrapInterval(count, (drawn) => drawn.reduce((sum, i) => sum + values[i]!, 0) / count),
  };
}
