import type { Problem } from '../support/problem.js';
import type { FrozenTrial } from './frozen.js';
import type { TrialState } from './summary/sweep-summary.js';
import type { TrialProgress } from './trial/heartbeat.js';

/** What a sweep tells while it works. */
export type SweepEvent =
  | {
      readonly kind: 'sweep-started';
      readonly name: string;
      readonly dir: string;
      readonly trials: number;
      /** Settled before. */
      readonly done: number;
    }
  /** A trial was handed over to the launcher, or somebody has begun to work on it. */
  | { readonly kind: 'trial-submitted' | 'trial-started'; readonly trial: FrozenTrial }
  | {
      readonly kind: 'trial-ended';
      readonly trial: FrozenTrial;
      readonly state: TrialState;
      /** Why, where it is not done. */
      readonly problem: string | null;
      readonly log: string;
      readonly seconds: number;
      /** Of one that paused: it has trained so many, and successive halving chooses. */
      readonly epochs?: number;
    }
  /** Successive halving has chosen. */
  | { readonly kind: 'rung'; readonly epochs: number; readonly kept: number; readonly pruned: number }
  | { readonly kind: 'look'; readonly look: SweepLook }
  | { readonly kind: 'note'; readonly level: 'info' | 'warning'; readonly text: string };

/** How the sweep is just now. */
export interface SweepLook {
  readonly counts: Readonly<Partial<Record<TrialState, number>>>;
  readonly total: number;
  /** Trials at work, with how far they are. */
  readonly running: readonly { readonly trial: FrozenTrial; readonly progress: TrialProgress | undefined }[];
  /** Seconds until all are done; unknown before the first is, or has come as far as successive halving wants. */
  readonly left: number | undefined;
}

export type SweepListener = (event: SweepEvent) => void;

export type SweepOutcome =
  /** Every trial is done; `nothing` had to be done for it. */
  | { readonly status: 'done'; readonly nothing: boolean }
  /** All are settled, and some are not done. */
  | { readonly status: 'failed'; readonly problems: readonly Problem[] }
  /** Stopped by the user. `detached`: trials go on where they are. */
  | { readonly status: 'interrupted'; readonly detached: boolean };
