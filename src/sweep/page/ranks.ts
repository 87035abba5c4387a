import { isRanked } from '../ranking-order.js';
import type { SweepSummary, TrialSummary } from '../summary/sweep-summary.js';

/** Colours between the best and the worst trial. */
export const SHADES = 10;

/** A trial with its place among all. */
export interface Ranked {
  readonly trial: TrialSummary;
  /** From 1 on; of those with a value only. */
  readonly rank: number | undefined;
  /** Of the metric that trials are sorted by, where it is a number to draw. */
  readonly value: number | undefined;
  /** From 0, the best, to {@link SHADES} - 1: the class of its colour. */
  readonly shade: number;
}

/** A trial that has a value. */
export type MeasuredTrial = Ranked & { readonly rank: number; readonly value: number };

/** The trials, the best first, with their places. */
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

/** Those that can be drawn against something. */
export function measuredTrials(ranked: readonly Ranked[]): MeasuredTrial[] {
  return ranked.filter((one): one is MeasuredTrial => one.value !== undefined);
}

/** Where a trial's row of the table is found. */
export function rowId({ id }: TrialSummary): string {
  return `trial-${id}`;
}
