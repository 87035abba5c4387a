import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Precision } from '../engine/graph/precision.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Histogram } from '../registry/kinds/record.js';
import type { ImageBatch, Method } from '../registry/kinds/method.js';
import { EagerTrainer } from './trainer/eager-trainer.js';
import { GraphTrainer } from './trainer/graph-trainer.js';

/** Training with a method's state inside: networks, optimizers and whatever else there is, moved on by one step at a time. */
export interface Trainer {
  /** Makes new networks, a function of the seed; or {@link restore} takes those of a checkpoint. */
  initialize(): void;
  /**
   * One update of all networks.
   *
   * @param step steps made before this one (0 for the first)
   * @returns the losses by name
   */
  step(batch: ImageBatch, step: number, learningRate: number): Readonly<Record<string, number>>;
  /**
   * How every weight is spread, and the gradient of every weight that this step would follow: `weights/G/down1/kernel`,
   * `gradients/G/down1/kernel`. Changes nothing. A tensor without a finite number is left out.
   *
   * @param step as of {@link step}; with the batch of that step, the gradients are that step's own
   */
  inspect(batch: ImageBatch, step: number): Readonly<Record<string, Histogram>>;
  /** Whether all numbers of the state are finite. */
  finite(): boolean;
  /** What the networks make of one image, [1, s, s, c], without dropout: see `Method.samples`. The caller owns the tensors. */
  sample(direction: Direction, image: Tensor4D): Sample;
  /** Writes the state as a TensorFlow checkpoint, `<prefix>.index` and `<prefix>.data-...`. */
  save(prefix: string): void;
  /** Reads them back. Throws when the checkpoint is not whole, or not of this method and its networks; the state is then as before. */
  restore(prefix: string): void;
  dispose(): void;
}

/** By the names of `Method.samples`. */
export type Sample = Readonly<Record<string, Tensor4D>>;

export interface TrainerOptions {
  /** `graph`: the step traced once and run by TensorFlow; `eager`: op by op, the reference. */
  readonly mode: 'graph' | 'eager';
  readonly precision: Precision;
  readonly seed: number;
  /** Of a batch: [b, s, s, c]. */
  readonly shape: readonly [number, number, number, number];
  /** Whether `inspect` will be asked for, which a graph is better told before it holds weights: it is built anew for it otherwise. */
  readonly inspects?: boolean;
}

export function createTrainer(method: Method, options: TrainerOptions): Trainer {
  return options.mode === 'graph' ? new GraphTrainer(method, options) : new EagerTrainer(method, options);
}
