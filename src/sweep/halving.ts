import type { HalvingOptions } from '../registry/config.js';
import { writeFileAtomic } from '../support/files.js';
import { sweepFile } from './sweep-files.js';
import { readJson } from './frozen.js';
import { compareValues } from './ranking-order.js';

/** A recorded choice of successive halving. */
export interface Rung {
  /** Epochs trained before it. */
  readonly epochs: number;
  /** Numbers of the trials that continue, best first. */
  readonly kept: readonly number[];
}

/** A part of the training, after which successive halving chooses the trials that continue. Without halving, one round is the full training. */
export interface Round {
  /** Epochs that a trial has trained before it, and after it. */
  readonly from: number;
  readonly to: number;
  /** Whether trials wait for the choice after it. The last round includes evaluation. */
  readonly pauses: boolean;
}

/** A round and the later ones. */
export type Rounds = readonly [Round, ...Round[]];

/** @param epochs of the full training @param from how many epochs are trained already */
export function roundsOf(halving: HalvingOptions | null, epochs: number, from = 0): Rounds {
  const to = halving === null ? epochs : from === 0 ? halving.epochs : from * halving.factor;
  if (to >= epochs) return [{ from, to: epochs, pauses: false }];
  return [{ from, to, pauses: true }, ...roundsOf(halving, epochs, to)];
}

/** How many of the trials continue. */
export function keptOf(trials: number, factor: number): number {
  return Math.max(1, Math.ceil(trials / factor));
}

/**
 * The best 1/factor of the trials, at least one (Jamieson and Talwalkar 2016, "Non-stochastic Best Arm Identification and Hyperparameter
 * Optimization", algorithm 1). A trial without a finite value is worse than any with one; of equals, the earlier is better.
 *
 * @param trials that finished the round @param values by trial
 */
export function choose(
  trials: readonly number[],
  values: ReadonlyMap<number, number | undefined>,
  { better, factor }: HalvingOptions,
): number[] {
  const ranked = [...trials].sort((a, b) => compareValues(values.get(a), values.get(b), better) || a - b);
  return ranked.slice(0, keptOf(trials.length, factor));
}

/** The metric name of the value measured after `epochs`: `loss/cycle/forward@5`. */
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
