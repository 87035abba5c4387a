import type { SummaryLine } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';
import type { Problem } from '../support/problem.js';
import type { Plan } from './planned-stage.js';

export type RunOutcome =
  /** Nothing was started: the config, the input files or the selection are wrong. */
  | { readonly status: 'invalid'; readonly problems: readonly Problem[] }
  /** With the run's own problems, such as a held lock; those of stages were sent as events. */
  | { readonly status: 'failed'; readonly problems: readonly Problem[]; readonly bug?: string; readonly plan?: Plan }
  | FinishedOutcome
  | { readonly status: 'planned'; readonly plan: Plan }
  /** Without a plan if the user stopped while input files were read. */
  | { readonly status: 'interrupted'; readonly plan?: Plan };

/** Every selected result exists. */
export interface FinishedOutcome {
  readonly status: 'done' | 'up-to-date';
  readonly plan: Plan;
  readonly stages: readonly StageOutcome[];
  /** Whether these are all stages of the config. */
  readonly whole: boolean;
}

/** A stage's result, for the summary in the terminal. */
export interface StageOutcome {
  readonly name: string;
  readonly dir: string;
  readonly outputs: JsonObject;
  readonly summary: readonly SummaryLine[];
  /** Files and folders of its result that trackers may store. */
  readonly artifacts: readonly string[];
}
