import type { Scalar } from '../../support/json.js';

/** How a trial is, or how it ended. */
export type TrialState =
  /** Has not begun. */
  | 'queued'
  | 'running'
  | 'done'
  | 'failed'
  /** Its process ended without a word: it was killed, or ran out of memory. */
  | 'crashed'
  /** Somebody else than this sweep asked it to stop, or took it off the queue. */
  | 'cancelled'
  /** Stopped together with the sweep; goes on with it. */
  | 'stopped'
  /** Has trained as far as successive halving wanted, and waits for its choice. */
  | 'paused'
  /** Successive halving went on with others. */
  | 'pruned';

/** A config path that differs between trials, and the values that it has, in the order of the trials. */
export interface SweepAxis {
  /** `loss.lambda`; `seed` for repeats. */
  readonly path: string;
  /** As short as can be told apart: `lambda`. */
  readonly label: string;
  readonly values: readonly Scalar[];
}

export interface TrialSummary {
  /** From 1 on. */
  readonly id: number;
  /** What is particular to it: `lambda=5, seed=43`. */
  readonly label: string;
  /** Its value on each axis. */
  readonly params: Readonly<Record<string, Scalar>>;
  readonly state: TrialState;
  /** The name of its run, and its folder (absolute), which is there when `state` is past `queued`. */
  readonly run: string;
  readonly runDir: string;
  /** By name: `AtoB/psnr`, means over both directions: `psnr`, and what successive halving measured: `loss/cycle/forward@5`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Of the metric that the sweep is ranked by, which may be no finite number; null before it is evaluated, as a pruned one never is. */
  readonly value: number | null;
  /** Of work, over all attempts; null before the first has ended. */
  readonly seconds: number | null;
  /** Why it failed, in a line. */
  readonly problem: string | null;
  /** Absolute paths of its grids of test images, by direction: `AtoB`. */
  readonly images: Readonly<Record<string, string>>;
}

/** What trials are ranked by. */
export interface RankMetric {
  readonly name: string;
  readonly better: 'lower' | 'higher';
  readonly unit?: string;
  /** Paths of the axes that are weights of this very metric in the loss: what training optimises says little of how good it is. */
  readonly optimizedBy?: readonly string[];
}

/** The answer of a sweep: what the table, the CSV file, the page and the Markdown show. */
export interface SweepSummary {
  readonly name: string;
  /** The sweep's folder, absolute. */
  readonly dir: string;
  /** ISO time. */
  readonly created: string;
  /** As it was typed. */
  readonly command: readonly string[];
  readonly metric: RankMetric;
  readonly axes: readonly SweepAxis[];
  /** Names of all metrics that any trial has, in a stable order. */
  readonly metrics: readonly string[];
  /** Those of them that successive halving has measured, in the order of its rounds. */
  readonly rungs: readonly string[];
  /** By number. */
  readonly trials: readonly TrialSummary[];
  /** The trials, the best first; then those without a finite value, those first that successive halving let come farther. */
  readonly ranking: readonly TrialSummary[];
}
