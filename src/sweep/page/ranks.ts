import { isRanked } from '../ranking-order.js';
import type { SweepSummary, TrialSummary } from '../summary/sweep-summary.js';

/** Number of colours from the best to the worst trial. */
export const SHADES = 10;

/** A trial with its rank. */
export interface Ranked {
  readonly trial: TrialSummary;
  /** From 1 on; undefined without a finite value. */
  readonly rank: number | undefined;
  /** The ranking metric, if finite. */
  readonly value: number | undefined;
  /** Colour class, from 0 (best) to {@link SHADES} - 1. */
  readonly shade: number;
}

/** A trial that has a value. */
export type MeasuredTrial = Ranked & { readonly rank: number; readonly value: number };

/** The trials with their ranks, the best first. */
export function rankedTrials({ ranking }: SweepSummary): Ranked[] {
  const finite = ranking.filter(({ value }) => isRanked(value));
  const places = new Map(finite.map(({ id }, index) => [id, index]));
  return ranking.map((trial) => {
    const place = places.get(trial.id);
    if (place === undefined) return { trial, rank: undefined, value: undefined, shade: SHADES - 1 };
    const shade = finite.length === 1 ? 0 : Math.round((place / (finite.length - 1)) * (SHADES - 1));
    return { trial, rank: place + 1, value: trial.value!, shade };
  });
}

/** The trials with a finite value. */
export function measuredTrials(ranked: readonly Ranked[]): MeasuredTrial[] {
  return ranked.filter((one): one is MeasuredTrial => one.value !== undefined);
}

/** The id of a trial's table row. */
export function rowId({ id }: TrialSummary): string {
  return `trial-${id}`;
}
