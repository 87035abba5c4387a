import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { TranslationParts } from '../methods/judged-translation.js';
import type { Precision } from '../engine/graph/precision.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Histogram } from '../registry/kinds/record.js';
import type { Replicas } from './trainer/replicas.js';
import type { LearningRate } from '../registry/kinds/objective.js';
import type { Generators, ImageBatch, JudgedTranslation } from '../registry/kinds/method.js';

/** Trains a method step by step. Holds its state: networks, optimizers and whatever else the method needs. */
export interface Trainer {
  /** Creates new networks, a function of the seed. {@link restore} loads those of a checkpoint instead. */
  initialize(): void;
  /**
   * Updates all networks once.
   *
   * @param step steps done before this one (0 for the first)
   * @returns the losses by name
   */
  step(batch: ImageBatch, step: number, learningRate: LearningRate): Readonly<Record<string, number>>;
  /**
   * Histograms of every weight and of its gradient in this step: `weights/G/down1/kernel`, `gradients/G/down1/kernel`. Changes no state. A
   * tensor without a finite number is left out. With `accumulate`, the gradients are those of the batch's first part.
   *
   * @param step as in {@link step}; with the batch of that step, the gradients are those of that step
   */
  inspect(batch: ImageBatch, step: number): Readonly<Record<string, Histogram>>;
  /** Whether all numbers of the state are finite. */
  finite(): boolean;
  /** Translates one image, [1, s, s, c], without dropout: see `Method.samples`. The caller owns the tensors. */
  sample(direction: Direction, image: Tensor4D): Sample;
  /**
   * Translates up to {@link TranslationOptions.batch} images, [b, s, s, c], without dropout. Changes no state. The caller owns the tensors.
   * Only with `TrainerOptions.translates`.
   */
  translate(direction: Direction, images: Tensor4D): JudgedTranslation;
  /** Writes the state as a TensorFlow checkpoint, `<prefix>.index` and `<prefix>.data-...`. */
  save(prefix: string): void;
  /** Restores a checkpoint. Throws when it is damaged, or of another method or other networks; the state is then unchanged. */
  restore(prefix: string): void;
  /** Whether XLA compiles the step, the first time that it is made or at another start. */
  readonly compiles: boolean;
  dispose(): void;
}

/** Tensors by the names of `Method.samples`. */
export type Sample = Readonly<Record<string, Tensor4D>>;

export interface TrainerOptions {
  /** `graph`: the step traced once and run by TensorFlow; `eager`: op by op, the reference. */
  readonly mode: 'graph' | 'eager';
  readonly precision: Precision;
  readonly seed: number;
  /** Shape of what a device computes at once: a batch, or a part of it with {@link TrainerOptions.accumulate}; [b, s, s, c]. */
  readonly shape: readonly [number, number, number, number];
  /** Equal parts of a batch, [parts b, s, s, c], whose gradients are computed one after the other and averaged; by default 1. */
  readonly accumulate?: number;
  /** Those that `sample` translates in. */
  readonly directions: readonly Direction[];
  /** Whether `inspect` will be called. Without it, the first call to `inspect` compiles the graph again. */
  readonly inspects?: boolean;
  readonly translates?: TranslationOptions;
  /** Those that share each batch; without them one device computes it. */
  readonly replicas?: Replicas;
  /** Has XLA compile the step. Only for mode `graph`. */
  readonly xla?: {
    /** Is told why it cannot; TensorFlow's executor runs the step then. */
    readonly onFailure?: (reason: string) => void;
  };
}

/** How {@link Trainer.translate} translates. */
export interface TranslationOptions {
  /** Most images in a call. */
  readonly batch: number;
  readonly translate: Generators['translate'];
  readonly parts?: TranslationParts;
}
