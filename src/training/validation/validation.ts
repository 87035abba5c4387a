import type { Direction } from '../../registry/kinds/export-format.js';
import type { TrainingProgress } from '../../registry/kinds/stage-event.js';
import type { StageContext } from '../../registry/kinds/stage.js';
import type { Evaluation } from '../../evaluation/evaluation.js';
import type { Measured } from '../../evaluation/measured.js';
import { VALIDATION } from '../../registry/metric-name.js';
import { ProblemError } from '../../support/problem.js';
import type { Trainer } from '../trainer.js';
import { criterionName, type DecidedCriterion, type ValidationMetrics } from './criterion.js';
import type { ValidationRecord } from './history.js';
import { validationLine } from './validation-line.js';

/** What is measured, again and again. */
export type Meter = Pick<Evaluation, 'measure' | 'dispose'>;

/** A shorter validation shows no progress: its result is there at once. */
const QUICK_MS = 2000;

/** A position in a training. */
export type At = Pick<ValidationRecord, 'step' | 'epoch'>;

/** Measures the validation images with the networks as they are, and reports the values. Changes nothing of the training. */
export class Validation {
  /** Milliseconds spent. */
  #spent = 0;
  #times = 0;
  #meter: Promise<Meter> | undefined;

  constructor(
    private readonly context: Pick<StageContext, 'emit' | 'signal'>,
    private readonly trainer: Trainer,
    private readonly directions: readonly Direction[],
    private readonly openMeter: () => Promise<Meter>,
    /** What the training decides by. */
    private readonly criteria: readonly (DecidedCriterion & { readonly option: string })[],
  ) {}

  get milliseconds(): number {
    return this.#spent;
  }

  get times(): number {
    return this.#times;
  }

  /**
   * @returns undefined if the user has stopped it
   * @throws ProblemError `no-validation` when a value is not measured by which the training decides
   */
  async measure(at: At, training: TrainingProgress): Promise<ValidationRecord | undefined> {
    const began = performance.now();
    try {
      const measured = await this.measureAll(at, training);
      const values = new Map(
        Object.entries(measured).flatMap(([direction, { values }]) =>
          Object.entries(values).map(([name, value]) => [`${direction}/${name}`, value.value] as const),
        ),
      );
      const metrics = Object.fromEntries(
        [...values].map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
      );
      if (at.step === 0) this.checkCriteria(metrics, measured);
      for (const [name, value] of values) {
        this.context.emit({ kind: 'metric', name: `${VALIDATION}/${name}`, step: at.step, value });
      }
      this.context.emit({ kind: 'note', level: 'info', text: validationLine(at, measured) });
      this.#times += 1;
      return { ...at, metrics };
    } catch (error) {
      // A long computation of a metric may also throw because of the stop.
      const { signal } = this.context;
      if (signal.aborted && error === signal.reason) return undefined;
      throw error;
    } finally {
      this.#spent += performance.now() - began;
    }
  }

  async close(): Promise<void> {
    await (await this.#meter?.catch(() => undefined))?.dispose();
  }

  private async measureAll(at: At, training: TrainingProgress): Promise<Record<string, Measured>> {
    const meter = await (this.#meter ??= this.openMeter());
    const phase = `validation, epoch ${shownEpoch(at)}`;
    const began = performance.now();
    const all: Record<string, Measured> = {};
    for (const direction of this.directions) {
      all[direction] = await meter.measure(direction, {
        translate: (images) => this.trainer.translate(direction, images),
        onBatch: (_, images, from, total) => {
          if (performance.now() - began < QUICK_MS) return;
          const done = { unit: 'images', done: from + images.length, total, phase: `${phase}, ${direction}` };
          this.context.emit({ kind: 'progress', ...done, training });
        },
      });
    }
    return all;
  }

  private checkCriteria(values: ValidationMetrics, measured: Readonly<Record<string, Measured>>): void {
    for (const criterion of this.criteria) {
      const { metric, directions } = criterion;
      const missing = directions.filter((direction) => !(`${direction}/${metric}` in values));
      if (missing.length === 0 && directions.length > 0) continue;
      const lacks = Object.values(measured).flatMap(({ notMeasured }) =>
        notMeasured.map(
          ({ name, lacks, images }) =>
            [name, images === undefined ? `"${lacks}", which is not there` : `${images} images or more`] as const,
        ),
      );
      const own = lacks.find(([name]) => metric === name || metric.startsWith(`${name}/`));
      const isPartly = missing.length < directions.length;
      throw new ProblemError({
        code: 'no-validation',
        message: `train.${criterion.option}: ${criterionName(criterion)} cannot be measured on the validation images${isPartly ? ` in the direction ${missing.join()}` : ''}${own === undefined ? '' : `: it needs ${own[1]}`}.`,
        cure: isPartly ? `Choose by the other direction, or by another metric.` : 'Choose by another metric.',
      });
    }
  }
}

/** `3`, or `2.25` within an epoch. */
export function shownEpoch({ epoch }: Pick<At, 'epoch'>): number {
  return Math.round(epoch * 100) / 100;
}
