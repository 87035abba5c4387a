import { join } from 'node:path';
import { checkpointName } from '../../engine/checkpoints.js';
import type { CheckpointRole } from '../../registry/kinds/record.js';
import type { StageContext, SummaryLine } from '../../registry/kinds/stage.js';
import { VALIDATION } from '../../registry/metric-name.js';
import { writeFileAtomic } from '../../support/files.js';
import type { JsonObject } from '../../support/json.js';
import { formatNumber } from '../../support/format-number.js';
import { counted } from '../../support/plain-text.js';
import { criterionName, finiteOf } from './criterion.js';
import type { Decisions } from './decisions.js';
import { historyState, type BestRecord } from './history.js';
import type { ValidationSchedule } from './schedule.js';
import { shownEpoch, type At, type Validation } from './validation.js';

/** The validations of a training: when to measure, what was measured, and what follows from it. */
export class Validator {
  readonly #began = performance.now();
  #hasNews = false;

  constructor(
    private readonly context: StageContext,
    private readonly stepsPerEpoch: number,
    private readonly schedule: ValidationSchedule,
    private readonly validation: Validation,
    private readonly decisions: Decisions,
  ) {}

  /** Whether a validation is due at a step and not done. */
  isDue(step: number): boolean {
    return this.decisions.at(step) === undefined && this.schedule.isDue(step);
  }

  /** Measures. @returns whether the user has not stopped it */
  async validate(step: number): Promise<boolean> {
    const at = this.#at(step);
    const record = await this.validation.measure(at, this.#training(at));
    if (record === undefined) return false;
    this.decisions.add(record);
    this.#hasNews = true;
    this.context.emit({ kind: 'metric', name: 'time/validation-share', step, value: this.#share });
    return true;
  }

  /** Whether the state has changed since {@link state} was last read. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  /** Its part of a checkpoint's state. */
  get state(): JsonObject {
    this.#hasNews = false;
    return historyState(this.decisions.history);
  }

  /** Why the training stops early; undefined if it goes on. */
  get stops(): string | undefined {
    return this.decisions.stops;
  }

  /** The best checkpoint, if one is kept. */
  get best(): BestRecord | undefined {
    return this.decisions.best;
  }

  /** Reports the best checkpoint, which is saved: `best.json` and an event. */
  async reportBest(): Promise<void> {
    const { best } = this;
    if (best === undefined) return;
    const description = this.decisions.describe(best);
    await writeFileAtomic(join(this.context.dir, 'best.json'), `${JSON.stringify(description, null, 2)}\n`);
    this.#reportCheckpoint('best', best);
  }

  /** Reports the end of the training, whose last checkpoint is saved. */
  async finish(step: number): Promise<void> {
    await this.reportBest();
    this.#reportCheckpoint('last', this.#at(step));
    if (this.stops === undefined) return;
    const text = `stopped early, after epoch ${shownEpoch(this.#at(step))} of ${this.context.config.train.epochs}: ${this.stops}`;
    this.context.emit({ kind: 'note', level: 'info', text });
  }

  /** Its part of the stage's outputs, with the values of the best checkpoint, or of the last validation. */
  get outputs(): JsonObject {
    const { best } = this;
    const chosen = best ?? this.decisions.history.at(-1);
    return {
      ...(chosen && { metrics: { [VALIDATION]: this.decisions.describeMetrics(chosen) } }),
      ...(best && { best: this.decisions.describe(best) }),
      ...(this.stops !== undefined && { stopped_early: true }),
    };
  }

  /** Lines at the end of the run. */
  get summary(): SummaryLine[] {
    const { times } = this.validation;
    if (times === 0) return [];
    const { best } = this;
    const cost = `${counted(times, 'time')}, ${(100 * this.#share).toFixed(1)}% of the training's time`;
    return [{ label: 'validation', text: best === undefined ? cost : `${cost}; best: ${this.#describeBest(best)}` }];
  }

  async close(): Promise<void> {
    await this.validation.close();
  }

  #describeBest(best: BestRecord): string {
    const criterion = this.decisions.criterion!;
    return `${criterionName(criterion)} ${formatNumber(best.value)} after epoch ${shownEpoch(best)} (step ${best.step})`;
  }

  #reportCheckpoint(name: CheckpointRole, { step, epoch }: At): void {
    const dir = join(this.context.dir, 'checkpoints', checkpointName(step));
    const metrics = finiteOf(this.decisions.at(step)?.metrics ?? {});
    this.context.emit({ kind: 'checkpoint', name, step, dir, epoch, metrics });
  }

  #at(step: number): At {
    return { step, epoch: step / this.stepsPerEpoch };
  }

  /** Of the time of this process so far. */
  get #share(): number {
    return this.validation.milliseconds / (performance.now() - this.#began);
  }

  #training({ step, epoch }: At) {
    const { epochs } = this.context.config.train;
    return { epoch: Math.max(1, Math.ceil(epoch)), epochs, step, stepsPerEpoch: this.stepsPerEpoch };
  }
}
