import { isJsonObject, type Json, type JsonObject } from '../../support/json.js';
import { isBetter, valueOf, type DecidedCriterion, type ValidationMetrics } from './criterion.js';

/** What a validation measured. */
export interface ValidationRecord {
  /** Steps done. */
  readonly step: number;
  /** Epochs done, with a fraction within an epoch. */
  readonly epoch: number;
  /** null for a value that is not finite. An earlier version left these out. */
  readonly metrics: ValidationMetrics;
}

/** A validation and its value by a criterion. */
export interface BestRecord extends ValidationRecord {
  readonly value: number;
}

/** The validations of a training so far, in the order of their steps. They travel in its checkpoints, so a resumed training has the same. */
export type ValidationHistory = readonly ValidationRecord[];

/**
 * The best validation so far; of equals the earlier. The untrained networks do not count.
 *
 * @param mayBeBest whether the checkpoint of a step is there, or is saved if it is the best
 */
export function bestOf(
  history: ValidationHistory,
  criterion: DecidedCriterion,
  mayBeBest: (step: number) => boolean = () => true,
): BestRecord | undefined {
  return history.reduce<BestRecord | undefined>((best, record) => {
    const value = record.step === 0 || !mayBeBest(record.step) ? undefined : valueOf(criterion, record.metrics);
    if (value === undefined) return best;
    return best === undefined || isBetter(value, best.value, criterion.better) ? { ...record, value } : best;
  }, undefined);
}

/** When to stop a training early. */
export interface EarlyStop extends DecidedCriterion {
  /** Validations without an improvement. */
  readonly patience: number;
  /** The least improvement. */
  readonly min_delta: number;
}

/** Whether the last `patience` validations have not improved on the best one before them. The untrained networks do not count. */
export function isExhausted(history: ValidationHistory, stop: EarlyStop): boolean {
  let best: number | undefined;
  let without = 0;
  for (const { step, metrics } of history) {
    if (step === 0) continue;
    const value = valueOf(stop, metrics);
    if (value !== undefined && (best === undefined || isBetter(value, best, stop.better, stop.min_delta))) {
      best = value;
      without = 0;
    } else {
      without += 1;
    }
  }
  return without >= stop.patience;
}

/** A history as part of a checkpoint's state; reading it gives the same numbers. */
export function historyState(history: ValidationHistory): JsonObject {
  return history.length === 0 ? {} : { validations: history.map((record) => ({ ...record })) };
}

/** The history in a checkpoint's state; empty if it has none. */
export function historyIn(state: JsonObject): ValidationHistory {
  const { validations } = state;
  return Array.isArray(validations) ? (validations as readonly Json[]).flatMap(recordOf) : [];
}

function recordOf(value: Json): ValidationRecord[] {
  if (!isJsonObject(value)) return [];
  const { step, epoch, metrics } = value;
  if (typeof step !== 'number' || typeof epoch !== 'number' || !isJsonObject(metrics)) return [];
  const values = Object.entries(metrics).filter(
    (entry): entry is [string, number | null] => typeof entry[1] === 'number' || entry[1] === null,
  );
  return [{ step, epoch, metrics: Object.fromEntries(values) }];
}
