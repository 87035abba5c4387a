import type { SummaryLine } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';
import type { Problem } from '../support/problem.js';
import type { Plan } from './planned-stage.js';

export type RunOutcome =
  /** Nothing was started: the config, the input files or the selection are wrong. */
  | { readonly status: 'invalid'; readonly problems: readonly Problem[] }
  /** `failed` with problems of its own, such as another process being at it; those of stages were told as events. */
  | { readonly status: 'failed'; readonly problems: readonly Problem[]; readonly bug?: string; readonly plan?: Plan }
  | FinishedOutcome
  | { readonly status: 'planned'; readonly plan: Plan }
  /** Without a plan when the user stopped while input files were looked at. */
  | { readonly status: 'interrupted'; readonly plan?: Plan };

/** Every result that was asked for is there. */
export interface FinishedOutcome {
  readonly status: 'done' | 'up-to-date';
  readonly plan: Plan;
  readonly stages: readonly StageOutcome[];
  /** Whether that is every stage of the config. */
  readonly whole: boolean;
}

/** What a stage has made, for the last lines of the terminal. */
export interface StageOutcome {
  readonly name: string;
  readonly dir: string;
  readonly outputs: JsonObject;
  readonly summary: readonly SummaryLine[];
  /** Of the files and folders of its result, those that are worth having elsewhere. */
  readonly artifacts: readonly string[];
}
