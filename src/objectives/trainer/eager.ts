import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { readVariables, writeVariables } from '../../engine/graph/variables-file.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { Histogram } from '../../registry/kinds/record.js';
import { clockAt, initialState, trainStep, type Batch, type CycleGan, type TrainState } from '../cyclegan.js';
import type { Sample, Trainer, TrainerOptions } from '../trainer.js';
import { allFinite, histogramsOf, inspectionOf } from './inspect.js';
import { numbersOf, sampleOf } from './sample.js';

/** The step op by op: what the graph is compared with, and where any TensorFlow.js code runs and can be debugged. */
export class EagerTrainer implements Trainer {
  #state: TrainState | undefined;

  constructor(
    private readonly model: CycleGan,
    private readonly options: TrainerOptions,
  ) {}

  initialize(): void {
    this.#become(initialState(this.model, this.options.seed));
  }

  step({ x, y }: Batch, step: number, learningRate: number): Readonly<Record<string, number>> {
    const clock = clockAt(this.options.seed, step, learningRate);
    const { state, losses } = trainStep(this.model, this.#now(), { x, y }, clock);
    const numbers = numbersOf(losses);
    tf.dispose([losses, clock]);
    this.#become(state);
    return numbers;
  }

  inspect({ x, y }: Batch, step: number): Readonly<Record<string, Histogram>> {
    const clock = clockAt(this.options.seed, step, 0);
    const inspection = inspectionOf(this.model, this.#now(), { x, y }, clock);
    const histograms = histogramsOf(inspection);
    tf.dispose([inspection, clock]);
    return histograms;
  }

  finite(): boolean {
    const finite = allFinite(this.#now());
    const [all] = finite.dataSync();
    finite.dispose();
    return all === 1;
  }

  sample(direction: Direction, picture: Tensor4D): Sample {
    const state = this.#now(); // made outside of the tidy, which would take it away again
    return tf.tidy(() => sampleOf(this.model, state, direction, picture));
  }

  save(prefix: string): void {
    writeVariables(prefix, this.#now());
  }

  restore(prefix: string): void {
    this.#become(readVariables(prefix, () => initialState(this.model, this.options.seed)));
  }

  dispose(): void {
    if (this.#state !== undefined) free(this.#state);
    this.#state = undefined;
  }

  #now(): TrainState {
    if (this.#state === undefined) this.initialize();
    return this.#state!;
  }

  #become(state: TrainState): void {
    this.dispose();
    this.#state = state;
  }
}

function free(state: TrainState): void {
  for (const { weights, slots } of Object.values(state)) {
    tf.dispose([weights, ...Object.values(slots)] as Record<string, tf.Tensor>[]);
  }
}
