import type { PlannedStage } from './planned-stage.js';
import type { StageRecord } from './stage-record.js';

/** The stages that the user selected, by name. */
export interface Selection {
  /** Run again although their results exist. */
  readonly force: readonly string[];
  /** Run only this stage. */
  readonly only?: string;
  /** Run this stage and those that it needs. */
  readonly until?: string;
}

/** What a run does about a stage, and why. */
export type Decision =
  /** Its result exists. */
  | (Decided & { readonly action: 'skip'; readonly record: StageRecord })
  /** Nothing usable exists. */
  | (Decided & { readonly action: 'fresh' })
  /** Continues in place, from existing files or from a result that was set aside and is restored first. */
  | (Decided & { readonly action: 'resume'; readonly record: StageRecord; readonly restores?: string })
  /** Its result was set aside and is restored. */
  | (Decided & { readonly action: 'restore'; readonly record: StageRecord; readonly restores: string })
  /** Sets aside the existing files, which may have no record. */
  | (Decided & { readonly action: 'replace'; readonly record: StageRecord | undefined })
  /** Not selected. */
  | (Decided & { readonly action: 'leave' });

export type Action = Decision['action'];

interface Decided {
  readonly stage: PlannedStage;
  readonly reason: string;
  /** For the stages that consume it. */
  readonly result: ResultState;
}

/** What is known of a stage's result, before or after it has run. */
export type ResultState =
  /** It exists. See {@link ResolvedInput}. */
  | { readonly is: 'there'; readonly resultId: string }
  /** It will be computed, and differs from every earlier one. */
  | { readonly is: 'new' }
  /** It will be computed, and may equal an earlier one. */
  | { readonly is: 'open' };
