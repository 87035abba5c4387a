import * as tf from '@tensorflow/tfjs-core';
import { methodFacts } from '../methods/build.js';
import type { LossCurve } from '../registry/kinds/method.js';
import type { StageContext } from '../registry/kinds/stage.js';
import type { TrainingProgress } from '../registry/kinds/stage-event.js';
import { Speed } from './speed.js';

/** Speed and memory are told this often, in steps. */
const RESOURCES_EVERY = 10;

/** A step that has been made. */
export interface MadeStep {
  /** Steps made, this one among them. */
  readonly step: number;
  /** From 0. */
  readonly epoch: number;
  readonly losses: Readonly<Record<string, number>>;
  /** How long it has waited for its images, in milliseconds. */
  readonly waited: number;
}

/** What training tells of its steps: losses of each, and every few steps what they cost. */
export class TrainingReporter {
  readonly #speed = new Speed();
  readonly #shown: readonly LossCurve[];
  #waited: number[] = [];

  constructor(
    private readonly context: StageContext,
    private readonly stepsPerEpoch: number,
  ) {
    this.#shown = methodFacts(context).curves.losses.filter(({ headline }) => headline !== undefined);
  }

  metric(name: string, step: number, value: number): void {
    this.context.emit({ kind: 'metric', name, step, value });
  }

  step({ step, epoch, losses, waited }: MadeStep): void {
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

  /** What fits on a terminal's line. */
  #headline(losses: Readonly<Record<string, number>>): Record<string, number> {
    return Object.fromEntries(this.#shown.map(({ name, headline }) => [headline!, losses[name]!]));
  }
}
