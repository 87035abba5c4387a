import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { readVariables, writeVariables } from '../../engine/graph/variables-file.js';
import { translatingWeights } from '../../methods/averaged.js';
import { judgedTranslation } from '../../methods/judged-translation.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { Histogram } from '../../registry/kinds/record.js';
import type { ImageBatch, JudgedTranslation, Method, TensorTree } from '../../registry/kinds/method.js';
import type { LearningRate } from '../../registry/kinds/objective.js';
import type { Sample, Trainer, TrainerOptions } from '../trainer.js';
import { allFinite, histogramsOf, inspectionOf } from './inspect.js';
import { lossNumbers } from './loss-numbers.js';
import { judgingOf } from './judging.js';
import { drawInputs, stepInputs, trainStep } from './step.js';

/** Runs the step op by op: the reference for the graph, and the mode in which any TensorFlow.js code runs and can be debugged. */
export class EagerTrainer implements Trainer {
  readonly compiles = false;
  #state: TensorTree | undefined;

  constructor(
    private readonly method: Method,
    private readonly options: TrainerOptions,
  ) {}

  initialize(): void {
    this.#replaceState(this.method.initial(this.options.seed));
  }

  step({ x, y }: ImageBatch, step: number, learningRate: LearningRate): Readonly<Record<string, number>> {
    const clock = stepInputs(this.options.seed, step, learningRate);
    const { state, losses } = trainStep(this.method, this.#current(), { x, y }, clock, this.options.replicas);
    const numbers = lossNumbers(losses);
    tf.dispose([losses, clock]);
    this.#replaceState(state);
    return numbers;
  }

  inspect({ x, y }: ImageBatch, step: number): Readonly<Record<string, Histogram>> {
    const clock = drawInputs(this.options.seed, step);
    const inspection = inspectionOf(this.method, this.#current(), { x, y }, clock, this.options.replicas);
    const histograms = histogramsOf(inspection);
    tf.dispose([inspection, clock]);
    return histograms;
  }

  finite(): boolean {
    const finite = allFinite(this.#current());
    const [all] = finite.dataSync();
    finite.dispose();
    return all === 1;
  }

  sample(direction: Direction, image: Tensor4D): Sample {
    const state = this.#current(); // outside of the tidy, which would dispose of it
    return tf.tidy(() => this.method.sample(translatingWeights(this.method.networks, state), direction, image));
  }

  translate(direction: Direction, images: Tensor4D): JudgedTranslation {
    const state = this.#current(); // outside of the tidy, which would dispose of it
    const judging = judgingOf(this.method, this.options);
    return tf.tidy(() =>
      judgedTranslation(judging, translatingWeights(this.method.networks, state), direction, images),
    );
  }

  save(prefix: string): void {
    writeVariables(prefix, this.#current());
  }

  restore(prefix: string): void {
    this.#replaceState(readVariables(prefix, () => this.method.initial(this.options.seed)));
  }

  dispose(): void {
    if (this.#state !== undefined) tf.dispose(this.#state);
    this.#state = undefined;
  }

  #current(): TensorTree {
    if (this.#state === undefined) this.initialize();
    return this.#state!;
  }

  #replaceState(state: TensorTree): void {
    this.dispose();
    this.#state = state;
  }
}
