import { join } from 'node:path';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Batches } from '../../data/batches/batches.js';
import { checkpointName, saveCheckpoint } from '../../engine/checkpoints.js';
import type { Trainer } from '../../objectives/trainer.js';
import type { Schedule } from '../../registry/kinds/objective.js';
import type { StageContext, StageResult } from '../../registry/kinds/stage.js';
import { make } from '../../registry/make.js';
import { ProblemError } from '../../support/problem.js';
import type { Sampler } from './sampler.js';
import { Speed } from './speed.js';

/** The process's memory is told this often, in steps. */
const MEMORY_EVERY = 10;

/** The loop over epochs and steps. Batches and learning rate are functions of the step, so it can go on from any. */
export class Training {
  readonly #speed = new Speed();
  readonly #schedule: Schedule;
  readonly #epochs: number;
  /** The step of what is on disk already (or, at the start, can be made again from it). */
  #saved = 0;

  constructor(
    private readonly context: StageContext,
    private readonly trainer: Trainer,
    private readonly batches: Batches,
    private readonly sampler: Sampler,
  ) {
    const { config, components } = context;
    this.#epochs = config.train.epochs;
    this.#schedule = make(components.schedule, config.schedule, {
      learningRate: config.optimizer.learning_rate,
      epochs: config.train.epochs,
    });
  }

  /** @param from steps made so far */
  async run(from: number): Promise<StageResult> {
    const { stepsPerEpoch } = this.batches;
    const { sample_every, checkpoint_every } = this.context.config.train;
    let at = from;
    this.#saved = from;
    if (at === 0) await this.sampler.sample(0, 0);

    while (at < this.#epochs * stepsPerEpoch) {
      const [begun, started] = [at, performance.now()];
      at = await this.epoch(at);
      if (at === begun || at % stepsPerEpoch !== 0) return this.interrupted(at);

      const done = at / stepsPerEpoch;
      const last = done === this.#epochs;
      // The rest of an epoch that an earlier attempt began says nothing of how long one takes.
      if (begun % stepsPerEpoch === 0) {
        this.metric('time/epoch-seconds', at, (performance.now() - started) / 1000);
      }
      if (last || done % sample_every === 0) await this.sampler.sample(done, at);
      if (last || done % checkpoint_every === 0) await this.save(at);
      if (this.context.signal.aborted && !last) return this.interrupted(at);
    }
    return this.done(at);
  }

  /** From where it is to the end of the epoch, or to the step in which the user stops it. @returns the steps made */
  private async epoch(from: number): Promise<number> {
    const { stepsPerEpoch } = this.batches;
    const epoch = Math.floor(from / stepsPerEpoch);
    const learningRate = this.#schedule(epoch);
    let at = from;
    for (let index = from % stepsPerEpoch; index < stepsPerEpoch && !this.context.signal.aborted; index++) {
      await this.step(at++, epoch, index, learningRate);
      // The step has blocked the thread: let the parent's messages in and the events out.
      await eventLoopTurn();
    }
    this.metric('learning-rate', at, learningRate);
    return at;
  }

  private async step(made: number, epoch: number, index: number, learningRate: number): Promise<void> {
    const batch = await this.batches.read(epoch, index);
    const [x, y] = [tf.tensor4d(batch.x, [...batch.shape]), tf.tensor4d(batch.y, [...batch.shape])];
    const losses = this.trainer.step({ x, y }, made, learningRate);
    tf.dispose([x, y]);
    this.tell(made + 1, epoch, losses);
  }

  private tell(step: number, epoch: number, losses: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(losses)) {
      if (!Number.isFinite(value)) throw diverged(name, value, step);
      this.metric(`loss/${name}`, step, value);
    }
    const rate = this.#speed.tick();
    if (rate !== undefined) this.metric('speed/steps-per-second', step, rate);
    if (step % MEMORY_EVERY === 0) {
      this.metric('memory/rss-mb', step, process.memoryUsage.rss() / 1e6);
      this.metric('memory/tensors', step, tf.memory().numTensors);
    }
    const total = this.#epochs * this.batches.stepsPerEpoch;
    const phase = `epoch ${epoch + 1}/${this.#epochs}`;
    this.context.emit({ kind: 'progress', unit: 'steps', done: step, total, phase, rate, values: headline(losses) });
  }

  private metric(name: string, step: number, value: number): void {
    this.context.emit({ kind: 'metric', name, step, value });
  }

  private async save(step: number): Promise<void> {
    if (step === this.#saved) return;
    await this.context.recorded();
    const dir = join(this.context.dir, 'checkpoints');
    const state = { steps_per_epoch: this.batches.stepsPerEpoch };
    await saveCheckpoint(dir, { step, state }, (prefix) => this.trainer.save(prefix), this.context.config.train.keep);
    this.#saved = step;
  }

  private async interrupted(step: number): Promise<StageResult> {
    await this.save(step);
    return { status: 'interrupted', saved: `the checkpoint of step ${step}` };
  }

  private done(step: number): StageResult {
    return {
      status: 'done',
      outputs: { step, epochs: this.#epochs, checkpoints: 'checkpoints', samples: 'samples' },
      files: [join('checkpoints', checkpointName(step))],
      summary: [
        {
          label: 'samples',
          file: 'samples',
          text: '(a row: picture | translated | reconstructed | what the discriminators say of the first two: red real, blue fake)',
        },
      ],
    };
  }
}

/** What fits on a terminal's line: the four totals. */
function headline(losses: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(losses)
      .filter(([name]) => name.endsWith('/total'))
      .map(([name, value]) => [name.replace('/total', ''), value]),
  );
}

function diverged(loss: string, value: number, step: number): ProblemError {
  return new ProblemError({
    code: 'diverged',
    message: `Training diverged: the loss ${loss} became ${value} at step ${step}.`,
    cure: 'Lower optimizer.learning_rate or loss.lambda, or try another seed. Earlier checkpoints are kept.',
  });
}
