import type { HalvingOptions } from '../registry/config.js';
import { writeFileAtomic } from '../support/files.js';
import { sweepFile } from './sweep-files.js';
import { readJson } from './frozen.js';
import { compareValues } from './ranking-order.js';

/** A choice of successive halving, which stands. */
export interface Rung {
  /** Trained until then. */
  readonly epochs: number;
  /** Numbers of the trials that went on, best first. */
  readonly kept: readonly number[];
}

/** A part of the training, after which successive halving chooses who goes on. Without it there is one, the whole. */
export interface Round {
  /** Epochs that a trial has trained before it, and after it. */
  readonly from: number;
  readonly to: number;
  /** Whether trials wait there for the choice. The last round goes on to the end, with evaluation. */
  readonly pauses: boolean;
}

/** A round, and those that come after it. */
export type Rounds = readonly [Round, ...Round[]];

/** @param epochs of the whole training @param from how many trials have trained */
export function roundsOf(halving: HalvingOptions | null, epochs: number, from = 0): Rounds {
  const to = halving === null ? epochs : from === 0 ? halving.epochs : from * halving.factor;
  if (to >= epochs) return [{ from, to: epochs, pauses: false }];
  return [{ from, to, pauses: true }, ...roundsOf(halving, epochs, to)];
}

/** How many of so many trials go on. */
export function keptOf(trials: number, factor: number): number {
  return Math.max(1, Math.ceil(trials / factor));
}

/**
 * The best 1/factor of the trials, at least one (Jamieson and Talwalkar 2016, "Non-stochastic Best Arm Identification and Hyperparameter
 * Optimization", algorithm 1). One without a finite number is worse than any that has one; of equals the earlier trial is better.
 *
 * @param trials that have come so far @param values by trial
 */
export function choose(
  trials: readonly number[],
  values: ReadonlyMap<number, number | undefined>,
  { better, factor }: HalvingOptions,
): number[] {
  const ranked = [...trials].sort((a, b) => compareValues(values.get(a), values.get(b), better) || a - b);
  return ranked.slice(0, keptOf(trials.length, factor));
}

/** The name of what was measured after so many epochs, among the metrics of a trial: `loss/cycle/forward@5`. */
export function rungMetric({ metric }: HalvingOptions, epochs: number): string {
  return `${metric}@${epochs}`;
}

export async function readRungs(sweepDir: string): Promise<readonly Rung[]> {
  const read = (await readJson(sweepFile.halving(sweepDir))) as { readonly rungs?: readonly Rung[] } | undefined;
  return read?.rungs ?? [];
}

export async function writeRungs(sweepDir: string, rungs: readonly Rung[]): Promise<void> {
  await writeFileAtomic(sweepFile.halving(sweepDir), `${JSON.stringify({ rungs }, null, 2)}\n`);
}
