import type { StageContext } from '../../registry/kinds/stage.js';
import type { JsonObject } from '../../support/json.js';
import { measuredNames, type MeasuredName } from '../../evaluation/measured-names.js';
import { decided } from './criterion-option.js';
import { parseMetricName } from '../../registry/metric-name.js';
import { criterionName, finiteOf, type DecidedCriterion } from './criterion.js';
import {
  bestOf,
  isExhausted,
  type BestRecord,
  type EarlyStop,
  type ValidationHistory,
  type ValidationRecord,
} from './history.js';

/** What a training decides by its validations: which checkpoint is the best, and when to stop. A function of their history. */
export class Decisions {
  readonly criterion: DecidedCriterion | undefined;
  readonly #stop: EarlyStop | undefined;
  readonly #measured: readonly MeasuredName[];
  #history: ValidationHistory;

  /** @param mayBeBest whether the checkpoint of a step is there, or is saved if it is the best */
  constructor(
    view: Pick<StageContext, 'config' | 'components'>,
    history: ValidationHistory,
    private readonly mayBeBest: (step: number) => boolean,
  ) {
    const { keep_best: keep, early_stopping: stop } = view.config.train;
    this.criterion = keep ? decided(keep, view) : undefined;
    this.#stop = stop ? decided(stop, view) : undefined;
    this.#measured = measuredNames(view.config.evaluate.metrics, view.components);
    this.#history = history;
  }

  get history(): ValidationHistory {
    return this.#history;
  }

  at(step: number): ValidationRecord | undefined {
    return this.#history.find((record) => record.step === step);
  }

  add(record: ValidationRecord): void {
    this.#history = [...this.#history, record];
  }

  /** The best checkpoint so far, if one is kept. */
  get best(): BestRecord | undefined {
    return this.criterion && bestOf(this.#history, this.criterion, this.mayBeBest);
  }

  /** Why the training stops early: `AtoB ssim has not improved in 5 validations`; undefined if it goes on. */
  get stops(): string | undefined {
    if (this.#stop === undefined || !isExhausted(this.#history, this.#stop)) return undefined;
    const { patience } = this.#stop;
    return `${criterionName(this.#stop)} has not improved in ${patience === 1 ? 'the last validation' : `${patience} validations`}`;
  }

  /** As in `best.json` and in the outputs of the stage. */
  describe({ step, epoch, value }: BestRecord): JsonObject {
    const { metric, direction } = this.criterion!;
    return { metric, direction, value, step, epoch };
  }

  /** The values of a validation as a stage's `metrics`, by direction. */
  describeMetrics({ metrics }: ValidationRecord): JsonObject {
    const described: Record<string, Record<string, JsonObject>> = {};
    for (const [path, value] of Object.entries(finiteOf(metrics))) {
      const { direction, name } = parseMetricName(path);
      if (direction === null) continue;
      const own = this.#measured.find((measured) => measured.name === name)?.metric;
      (described[direction] ??= {})[name] = {
        value,
        ...(own && { better: own.better }),
        ...(own?.unit !== undefined && { unit: own.unit }),
        ...(own?.diagnostic && { diagnostic: true }),
        ...(own?.directions && { directions: [...own.directions] }),
      };
    }
    return described;
  }
}
