import type { Problem } from '../support/problem.js';
import type { FrozenTrial } from './frozen.js';
import type { TrialState } from './summary/sweep-summary.js';
import type { TrialProgress } from './trial/heartbeat.js';

/** The events of a running sweep. */
export type SweepEvent =
  | {
      readonly kind: 'sweep-started';
      readonly name: string;
      readonly dir: string;
      readonly trials: number;
      /** Trials that were done before. */
      readonly done: number;
    }
  /** A trial was submitted to the launcher, or a process started it. */
  | { readonly kind: 'trial-submitted' | 'trial-started'; readonly trial: FrozenTrial }
  | {
      readonly kind: 'trial-ended';
      readonly trial: FrozenTrial;
      readonly state: TrialState;
      /** The reason, unless it is done. */
      readonly problem: string | null;
      readonly log: string;
      readonly seconds: number;
      /** For a paused trial: the epochs trained before successive halving chooses. */
      readonly epochs?: number;
    }
  /** Successive halving has chosen. */
  | { readonly kind: 'rung'; readonly epochs: number; readonly kept: number; readonly pruned: number }
  | { readonly kind: 'look'; readonly look: SweepSnapshot }
  | { readonly kind: 'note'; readonly level: 'info' | 'warning'; readonly text: string };

/** The current state of a sweep. */
export interface SweepSnapshot {
  readonly counts: Readonly<Partial<Record<TrialState, number>>>;
  readonly total: number;
  /** Running trials with their progress. */
  readonly running: readonly { readonly trial: FrozenTrial; readonly progress: TrialProgress | undefined }[];
  /** Seconds until all are done; `undefined` before the first trial finishes its round. */
  readonly left: number | undefined;
}

export type SweepListener = (event: SweepEvent) => void;

export type SweepOutcome =
  /** Every trial is done; `nothing`: they all were before. */
  | { readonly status: 'done'; readonly nothing: boolean }
  /** All trials ended, and some failed. */
  | { readonly status: 'failed'; readonly problems: readonly Problem[] }
  /** Stopped by the user. `detached`: trials keep running elsewhere. */
  | { readonly status: 'interrupted'; readonly detached: boolean };
