import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { readVariables, writeVariables } from '../../engine/graph/variables-file.js';
import { translatingWeights } from '../../methods/averaged.js';
import { judgedTranslation } from '../../methods/judged-translation.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { Histogram } from '../../registry/kinds/record.js';
import type { Computed, ImageBatch, JudgedTranslation, Method, TensorTree } from '../../registry/kinds/method.js';
import type { LearningRate } from '../../registry/kinds/objective.js';
import type { Sample, Trainer, TrainerOptions } from '../trainer.js';
import { allFinite, histogramsOf, inspectionOf } from './inspect.js';
import { lossNumbers } from './loss-numbers.js';
import { judgingOf } from './judging.js';
import { accumulated, partOf, seedOfPart } from './accumulate.js';
import { drawInputs, gradientsOf, stepInputs } from './step.js';

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
    const { seed, accumulate: parts = 1 } = this.options;
    const clock = stepInputs(seed, step, learningRate);
    const { losses, ...computed } = accumulated(this.#current(), parts, (state, index) => {
      return this.#gradientsOfPart(state, { x, y }, index, step);
    });
    const state = this.method.apply(this.#current(), computed, clock);
    const numbers = lossNumbers(losses);
    tf.dispose([losses, computed.gradients, clock]);
    this.#replaceState(state);
    return numbers;
  }

  inspect({ x, y }: ImageBatch, step: number): Readonly<Record<string, Histogram>> {
    const clock = drawInputs(this.options.seed, step);
    const part = partOf({ x, y }, 0, this.options.accumulate ?? 1);
    const inspection = inspectionOf(this.method, this.#current(), part, clock, this.options.replicas);
    const histograms = histogramsOf(inspection);
    tf.dispose([inspection, clock, part]);
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

  #gradientsOfPart(state: TensorTree, batch: ImageBatch, index: number, step: number): Computed {
    const { seed, accumulate: parts = 1, replicas } = this.options;
    const part = partOf(batch, index, parts);
    const clock = drawInputs(seedOfPart(seed, index), step);
    const computed = gradientsOf(this.method, state, part, clock, replicas);
    tf.dispose([part, clock]);
    return computed;
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
