import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { PreparedStore } from '../data/store/prepared-store.js';
import { methodFacts } from '../methods/build.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Method, SampleColumn } from '../registry/kinds/method.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { writeGrid, type RgbImage } from '../inference/image-grid.js';
import { readTensor } from '../inference/read-tensor.js';
import { discriminatorMap, imageOf } from '../inference/tensor-image.js';
import type { Trainer } from './trainer.js';

/** File names of grids, which sort by time. */
export const afterEpoch = (epoch: number): string => `epoch-${String(epoch).padStart(4, '0')}`;
export const afterStep = (step: number): string => `step-${String(step).padStart(8, '0')}`;

/**
 * Translates the same images again and again to show the progress of training: one training image of the domain without jitter, then test
 * images. One grid per direction; a row is the image and the columns of `Method.samples`.
 */
export class SampleGrids {
  private constructor(
    private readonly trainer: Trainer,
    private readonly context: StageContext,
    private readonly columns: readonly SampleColumn[],
    private readonly images: ReadonlyMap<Direction, readonly tf.Tensor4D[]>,
    /** The columns of a row, in words. */
    readonly row: string,
  ) {}

  static async open(
    trainer: Trainer,
    method: Method,
    store: PreparedStore,
    context: StageContext,
  ): Promise<SampleGrids> {
    const { directions, curves } = methodFacts(context);
    const images = new Map<Direction, readonly tf.Tensor4D[]>();
    for (const direction of directions) {
      const domain = direction === 'AtoB' ? 'A' : 'B';
      const training = await fixed(store, `sample${domain}`, 1);
      images.set(direction, [...training, ...(await fixed(store, `test${domain}`, context.config.train.samples))]);
    }
    return new SampleGrids(trainer, context, method.samples, images, curves.samples);
  }

  /** Writes and reports the current grids. @param name {@link afterEpoch} (0 is before training) or {@link afterStep} */
  async sample(name: string, step: number): Promise<void> {
    for (const [direction, images] of this.images) {
      const file = join(this.context.dir, 'samples', `${name}-${direction}.png`);
      await writeGrid(
        file,
        images.map((image) => this.#rowOf(direction, image)),
      );
      this.context.emit({ kind: 'image', name: `samples/${direction}`, step, file });
    }
  }

  close(): void {
    tf.dispose([...this.images.values()].flat());
  }

  #rowOf(direction: Direction, image: tf.Tensor4D): RgbImage[] {
    const sample = this.trainer.sample(direction, image);
    const [, height, width] = image.shape;
    const shown = this.columns.map(({ name, shows }) =>
      shows === 'image' ? imageOf(sample[name]!) : discriminatorMap(sample[name]!, { height, width }),
    );
    tf.dispose(Object.values(sample));
    return [imageOf(image), ...shown];
  }
}

async function fixed(store: PreparedStore, split: 'sampleA' | 'sampleB' | 'testA' | 'testB', most: number) {
  const images: tf.Tensor4D[] = [];
  for (let index = 0; index < Math.min(most, store.count(split)); index++)
    images.push(await readTensor(store, split, index));
  return images;
}
