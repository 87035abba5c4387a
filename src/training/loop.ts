import { join } from 'node:path';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Batches } from '../data/batches/batches.js';
import { checkpointName, checkpointSteps, saveCheckpoint, saveState } from '../engine/checkpoints.js';
import type { ImageBatch } from '../registry/kinds/method.js';
import type { LearningRates, Schedule } from '../registry/kinds/objective.js';
import type { StageContext, StageResult } from '../registry/kinds/stage.js';
import { make } from '../registry/make.js';
import { announce } from '../registry/phases.js';
import { learningRates } from '../optimizers/learning-rate.js';
import { warmupShare } from '../optimizers/warmup.js';
import type { JsonObject } from '../support/json.js';
import { diverged } from './diverged.js';
import { EpochMeans } from './epoch-means.js';
import { afterEpoch, afterStep, type SampleGrids } from './sample-grids.js';
import { TrainingReporter } from './training-reporter.js';
import type { Trainer } from './trainer.js';
import type { Validator } from './validation/validator.js';

/** The loop over epochs and steps. Batches and learning rate are functions of the step, so it can resume at any step. */
export class Training {
  readonly #reporter: TrainingReporter;
  /** Of each kind of network. */
  readonly #schedules: Readonly<Record<keyof LearningRates, Schedule>>;
  readonly #epochs: number;
  readonly #warmupSteps: number;
  /** Of the loss that the schedule observes, if it observes one. */
  readonly #means: EpochMeans | undefined;
  /** The step whose state is on disk (or, at the start, can be computed again from the disk). */
  #saved = 0;

  /**
   * @param validator absent if nothing is measured on the way
   * @param state of the checkpoint from which it goes on
   */
  constructor(
    private readonly context: StageContext,
    private readonly trainer: Trainer,
    private readonly batches: Batches,
    private readonly sampler: SampleGrids,
    private readonly validator?: Validator,
    state: JsonObject = {},
  ) {
    const { config, components } = context;
    this.#epochs = config.train.epochs;
    this.#reporter = new TrainingReporter(context, batches.stepsPerEpoch);
    const { generator, discriminator } = learningRates(config.optimizer.learning_rate);
    const scheduled = (learningRate: number) =>
      make(components.schedule, config.schedule, { learningRate, epochs: config.train.epochs });
    this.#schedules = { generator: scheduled(generator), discriminator: scheduled(discriminator) };
    this.#warmupSteps = (config.schedule.warmup ?? 0) * batches.stepsPerEpoch;
    const observed = components.schedule.get(config.schedule.type).observes?.(config.schedule as never);
    this.#means = observed === undefined ? undefined : new EpochMeans(observed, state);
  }

  /** @param from steps done so far */
  async run(from: number): Promise<StageResult> {
    const { stepsPerEpoch } = this.batches;
    let at = from;
    this.#saved = from;
    if (at === 0) {
      await announce('first-samples', this.context);
      await this.reportEpoch(0);
    }
    if (!(await this.validate(at))) return this.interrupted(at);
    // TensorFlow optimises the step's graph on its first run, which takes long for large networks.
    await announce(this.trainer.compiles ? 'compiling-step' : 'first-step', this.context);
    while (at < this.#epochs * stepsPerEpoch && !this.stopsEarly) {
      const [before, started] = [at, performance.now()];
      at = await this.epoch(at);
      if (this.stopsEarly) break;
      if (at === before || at % stepsPerEpoch !== 0) return this.interrupted(at);

      // An epoch that an earlier process began is only partly timed here.
      if (before % stepsPerEpoch === 0) {
        this.#reporter.metric('time/epoch-seconds', at, (performance.now() - started) / 1000);
      }
      await this.reportEpoch(at);
      if (!(await this.validate(at))) return this.interrupted(at);
      const done = at / stepsPerEpoch;
      if (this.isDue('checkpoint_every', done)) await this.save(at);
      if (this.context.signal.aborted && done < this.#epochs) return this.interrupted(at);
    }
    return this.done(at);
  }

  private get stopsEarly(): boolean {
    return this.validator?.stops !== undefined;
  }

  /** Trains to the end of the epoch, or to the step at which the user or the validation stops it. @returns the steps done */
  private async epoch(from: number): Promise<number> {
    const { stepsPerEpoch } = this.batches;
    const epoch = Math.floor(from / stepsPerEpoch);
    let at = from;
    let rates = this.learningRates(from, epoch);
    for (let index = from % stepsPerEpoch; index < stepsPerEpoch && !this.context.signal.aborted; index++) {
      rates = this.learningRates(at, epoch);
      await this.step(at++, epoch, index, rates);
      if (this.areStepSamplesDue(at)) await this.sampler.sample(afterStep(at), at);
      // At the end of an epoch, its samples come first.
      if (at % stepsPerEpoch !== 0 && (!(await this.validate(at)) || this.stopsEarly)) return at;
      // A step blocks the thread: let the parent's messages in and the events out.
      await eventLoopTurn();
    }
    if (at % stepsPerEpoch === 0) this.#reporter.learningRates(at, rates);
    return at;
  }

  /** @param stepsDone steps before the one that has these learning rates @param epoch of that step, before whose end the means do not change */
  private learningRates(stepsDone: number, epoch: number): LearningRates {
    const means = this.#means?.means ?? [];
    const share = warmupShare(stepsDone, this.#warmupSteps);
    const { generator, discriminator } = this.#schedules;
    return { generator: generator(epoch, means) * share, discriminator: discriminator(epoch, means) * share };
  }

  private async step(stepsDone: number, epoch: number, index: number, rates: LearningRates): Promise<void> {
    const requested = performance.now();
    const batch = await this.batch(epoch, index);
    const waited = performance.now() - requested;
    const losses = this.trainer.step(batch, stepsDone, rates);
    tf.dispose([batch.x, batch.y]);

    const step = stepsDone + 1;
    this.#means?.add(losses, index === this.batches.stepsPerEpoch - 1);
    this.#reporter.step({ step, epoch, losses, waited });
    const bad = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
    if (bad === undefined) return;
    throw await diverged(this.context, `the loss ${bad[0]} became ${bad[1]} at step ${step}, in epoch ${epoch + 1}`);
  }

  /** The caller owns the tensors. */
  private async batch(epoch: number, index: number): Promise<ImageBatch> {
    const { x, y, shape } = await this.batches.read(epoch, index);
    return { x: tf.tensor4d(x, [...shape]), y: tf.tensor4d(y, [...shape]) };
  }

  /** Measures the validation images if that is due and not done. @returns whether the user has not stopped it */
  private async validate(at: number): Promise<boolean> {
    const validator = this.validator;
    if (validator === undefined || !validator.isDue(at)) return true;
    if (!(await validator.validate(at))) return false;
    if (validator.best?.step === at) {
      await this.save(at);
      await validator.reportBest();
    }
    return true;
  }

  /** Writes the samples and histograms that are due after an epoch. */
  private async reportEpoch(at: number): Promise<void> {
    const done = at / this.batches.stepsPerEpoch;
    if (this.isDue('sample_every', done)) await this.sampler.sample(afterEpoch(done), at);
    if (this.isDue('histogram_every', done)) await this.inspect(at);
  }

  /** Reports histograms of the weights and of the next step's gradients. There is a next batch after the last epoch, too. */
  private async inspect(at: number): Promise<void> {
    const batch = await this.batch(at / this.batches.stepsPerEpoch, 0);
    const histograms = this.trainer.inspect(batch, at);
    tf.dispose([batch.x, batch.y]);
    for (const [name, histogram] of Object.entries(histograms)) {
      this.context.emit({ kind: 'histogram', name, step: at, histogram });
    }
  }

  /** Whether an action is due after this number of epochs: always after the last, and before the first. */
  private isDue(what: 'sample_every' | 'checkpoint_every' | 'histogram_every', epochs: number): boolean {
    const every = this.context.config.train[what];
    return every !== null && (epochs % every === 0 || epochs === this.#epochs);
  }

  /** Whether samples are due after a step, and not already after its epoch. */
  private areStepSamplesDue(at: number): boolean {
    const every = this.context.config.train.sample_every_steps;
    const epochs = at / this.batches.stepsPerEpoch;
    return every !== null && at % every === 0 && !(Number.isInteger(epochs) && this.isDue('sample_every', epochs));
  }

  private async save(step: number): Promise<void> {
    const dir = join(this.context.dir, 'checkpoints');
    const hasNews = this.validator?.hasNews === true;
    const state = { steps_per_epoch: this.batches.stepsPerEpoch, ...this.validator?.state, ...this.#means?.state };
    if (step === this.#saved) {
      if (!hasNews || step === 0) return;
      await this.context.recorded();
      // Measured since it was saved. There is no checkpoint yet where `--from` started.
      if ((await checkpointSteps(dir)).includes(step)) return saveState(dir, { step, state });
    }
    if (!this.trainer.finite()) {
      throw await diverged(this.context, `weights are not finite after step ${step} and are not saved`);
    }
    await this.context.recorded();
    const pinned = this.validator?.best?.step;
    await saveCheckpoint(dir, { step, state }, (prefix) => this.trainer.save(prefix), this.context.config.train.keep, pinned); // prettier-ignore
    this.#saved = step;
  }

  private async interrupted(step: number): Promise<StageResult> {
    await this.save(step);
    return { status: 'interrupted', saved: `the checkpoint of step ${step}` };
  }

  private async done(step: number): Promise<StageResult> {
    await this.save(step);
    const epochs = step / this.batches.stepsPerEpoch;
    await this.validator?.finish(step);
    const kept = [step, this.validator?.best?.step ?? step];
    return {
      status: 'done',
      outputs: { step, epochs, checkpoints: 'checkpoints', samples: 'samples', ...this.validator?.outputs },
      files: [...new Set(kept)].map((each) => join('checkpoints', checkpointName(each))),
      summary: [
        { label: 'samples', file: 'samples', text: `(a row: ${this.sampler.row})` },
        ...(this.validator?.summary ?? []),
      ],
    };
  }
}
