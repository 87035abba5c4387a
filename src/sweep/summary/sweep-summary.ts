import type { Scalar } from '../../support/json.js';

/** The state of a trial. */
export type TrialState =
  /** Not started. */
  | 'queued'
  | 'running'
  | 'done'
  | 'failed'
  /** Its process ended unexpectedly: it was killed, or ran out of memory. */
  | 'crashed'
  /** Stopped, or removed from the queue, by something other than this sweep. */
  | 'cancelled'
  /** Stopped together with the sweep; resumes with it. */
  | 'stopped'
  /** Trained to the end of its halving round; waits for the choice. */
  | 'paused'
  /** Not chosen by successive halving. */
  | 'pruned';

/** A config path that differs between trials, with its values in trial order. */
export interface SweepAxis {
  /** `loss.lambda`; `seed` for repeats. */
  readonly path: string;
  /** The shortest unambiguous name: `lambda`. */
  readonly label: string;
  readonly values: readonly Scalar[];
}

export interface TrialSummary {
  /** From 1 on. */
  readonly id: number;
  /** Its values on the axes: `lambda=5, seed=43`. */
  readonly label: string;
  /** Its value on each axis. */
  readonly params: Readonly<Record<string, Scalar>>;
  readonly state: TrialState;
  /** The name of its run, and the run's absolute folder, which exists once the trial has started. */
  readonly run: string;
  readonly runDir: string;
  /** By name: `AtoB/psnr`; `psnr` for the mean over both directions; `loss/cycle/forward@5` for successive halving. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The ranking metric, which may be NaN or infinite; null until evaluated, so always for pruned trials. */
  readonly value: number | null;
  /** Run time over all attempts; null before the first has ended. */
  readonly seconds: number | null;
  /** Why it failed, in one line. */
  readonly problem: string | null;
  /** Absolute paths of its test image grids, by direction: `AtoB`. */
  readonly images: Readonly<Record<string, string>>;
}

/** The metric that ranks trials. */
export interface RankMetric {
  readonly name: string;
  readonly better: 'lower' | 'higher';
  readonly unit?: string;
  /** Axes that are loss weights of this metric: training optimises it directly, so it is a weak measure of quality. */
  readonly optimizedBy?: readonly string[];
}

/** The results of a sweep, for the table, the CSV file, the page and the Markdown. */
export interface SweepSummary {
  readonly name: string;
  /** The sweep's folder, absolute. */
  readonly dir: string;
  /** ISO time. */
  readonly created: string;
  /** The command line. */
  readonly command: readonly string[];
  readonly metric: RankMetric;
  readonly axes: readonly SweepAxis[];
  /** Names of all metrics of any trial, in a stable order. */
  readonly metrics: readonly string[];
  /** The metrics of successive halving, in the order of its rounds. */
  readonly rungs: readonly string[];
  /** By number. */
  readonly trials: readonly TrialSummary[];
  /** The trials, the best first; then those without a finite value, by their last halving round. */
  readonly ranking: readonly TrialSummary[];
}
