import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { PreparedStore } from '../../data/store/store.js';
import type { Trainer } from '../../objectives/trainer.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { StageContext } from '../../registry/kinds/stage.js';
import { writeGrid, type Picture } from '../picture-grid.js';
import { readTensor } from '../read-tensor.js';
import { discriminatorMap, pictureOf } from '../tensor-picture.js';

/** What a row of the grids is, for people. */
export const SAMPLES =
  '(a row: picture | translated | reconstructed | identity | what the discriminators say of the first two: red real, blue fake)';

/** What the files of a grid are called, so that they sort by time. */
export const afterEpoch = (epoch: number): string => `epoch-${String(epoch).padStart(4, '0')}`;
export const afterStep = (step: number): string => `step-${String(step).padStart(8, '0')}`;

/**
 * The same pictures translated again and again, to see training go: one training pair without jitter, then test
 * pictures. One grid a direction; a row is x | G(x) | F(G(x)) | F(x) | D_X on x | D_Y on G(x), or
 * y | F(y) | G(F(y)) | G(y) | D_Y on y | D_X on F(y).
 */
export class Sampler {
  private constructor(
    private readonly trainer: Trainer,
    private readonly context: StageContext,
    private readonly pictures: Readonly<Record<Direction, readonly tf.Tensor4D[]>>,
  ) {}

  static async open(trainer: Trainer, store: PreparedStore, context: StageContext): Promise<Sampler> {
    const tests = context.config.train.samples;
    const AtoB = [await fixed(store, 'sampleA', 1), await fixed(store, 'testA', tests)].flat();
    const BtoA = [await fixed(store, 'sampleB', 1), await fixed(store, 'testB', tests)].flat();
    return new Sampler(trainer, context, { AtoB, BtoA });
  }

  /** Writes and tells the grids of now. @param name {@link afterEpoch} (0 is before training) or {@link afterStep} */
  async sample(name: string, step: number): Promise<void> {
    for (const direction of ['AtoB', 'BtoA'] as const) {
      const file = join(this.context.dir, 'samples', `${name}-${direction}.png`);
      await writeGrid(
        file,
        this.pictures[direction].map((x) => this.row(direction, x)),
      );
      this.context.emit({ kind: 'image', name: `samples/${direction}`, step, file });
    }
  }

  close(): void {
    tf.dispose([...this.pictures.AtoB, ...this.pictures.BtoA]);
  }

  private row(direction: Direction, x: tf.Tensor4D): Picture[] {
    const sample = this.trainer.sample(direction, x);
    const row = [
      ...[x, sample.translated, sample.reconstructed, sample.identity].map(pictureOf),
      ...[sample.judgedReal, sample.judgedFake].map((realness) => discriminatorMap(realness, x.shape[1])),
    ];
    tf.dispose(sample);
    return row;
  }
}

async function fixed(store: PreparedStore, split: 'sampleA' | 'sampleB' | 'testA' | 'testB', most: number) {
  const images: tf.Tensor4D[] = [];
  for (let index = 0; index < Math.min(most, store.count(split)); index++)
    images.push(await readTensor(store, split, index));
  return images;
}
