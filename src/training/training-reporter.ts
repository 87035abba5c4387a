import * as tf from '@tensorflow/tfjs-core';
import { methodFacts } from '../methods/build.js';
import type { LossCurve } from '../registry/kinds/method.js';
import type { LearningRates } from '../registry/kinds/objective.js';
import type { StageContext } from '../registry/kinds/stage.js';
import type { TrainingProgress } from '../registry/kinds/stage-event.js';
import { Speed } from './speed.js';

/** Steps between two reports of speed and memory. */
const RESOURCES_EVERY = 10;

/** A finished step. */
export interface FinishedStep {
  /** Steps done, including this one. */
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
  readonly losses: Readonly<Record<string, number>>;
  /** How long the step waited for its images, in milliseconds. */
  readonly waited: number;
}

/** Reports the losses of each step, and every few steps their speed and memory. */
export class TrainingReporter {
  readonly #speed = new Speed();
  readonly #headlines: readonly LossCurve[];
  #waited: number[] = [];

  constructor(
    private readonly context: StageContext,
    private readonly stepsPerEpoch: number,
  ) {
    this.#headlines = methodFacts(context).curves.losses.filter(({ headline }) => headline !== undefined);
  }

  metric(name: string, step: number, value: number): void {
    this.context.emit({ kind: 'metric', name, step, value });
  }

  /** The learning rates of an epoch's last step. */
  learningRates(step: number, { generator, discriminator }: LearningRates): void {
    this.metric('learning-rate', step, generator);
    if (discriminator !== generator) this.metric('learning-rate/discriminator', step, discriminator);
  }

  step({ step, epoch, losses, waited }: FinishedStep): void {
    for (const [name, value] of Object.entries(losses)) this.metric(`loss/${name}`, step, value);
    const rate = this.#speed.tick();
    this.#waited.push(waited);
    if (step % RESOURCES_EVERY === 0) this.#resources(step, rate);
    const training = this.#training(step, epoch);
    const { epochs, stepsPerEpoch } = training;
    const done = { unit: 'steps', done: step, total: epochs * stepsPerEpoch, phase: `epoch ${epoch + 1}/${epochs}` };
    const memory = process.memoryUsage.rss();
    this.context.emit({ kind: 'progress', ...done, rate, memory, values: this.#headline(losses), training });
  }

  #training(step: number, epoch: number): TrainingProgress {
    return { epoch: epoch + 1, epochs: this.context.config.train.epochs, step, stepsPerEpoch: this.stepsPerEpoch };
  }

  #resources(step: number, rate: number | undefined): void {
    if (rate !== undefined) this.metric('speed/steps-per-second', step, rate);
    this.metric('speed/data-wait-ms', step, this.#waited.reduce((sum, ms) => sum + ms, 0) / this.#waited.length);
    this.#waited = [];
    this.metric('memory/rss-mb', step, process.memoryUsage.rss() / 1e6);
    this.metric('memory/peak-rss-mb', step, (process.resourceUsage().maxRSS * 1024) / 1e6);
    this.metric('memory/tensors', step, tf.memory().numTensors);
  }

  /** The losses that fit on one line of a terminal. */
  #headline(losses: Readonly<Record<string, number>>): Record<string, number> {
    return Object.fromEntries(this.#headlines.map(({ name, headline }) => [headline!, losses[name]!]));
  }
}
