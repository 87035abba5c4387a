import type { PlannedStage } from './planned-stage.js';
import type { StageRecord } from './stage-record.js';

/** Which stages the user wants, by name. */
export interface Selection {
  /** Run again although their results are there. */
  readonly force: readonly string[];
  /** Run this one and no other. */
  readonly only?: string;
  /** Run this one and what it needs. */
  readonly until?: string;
}

/** What is to be done about a stage, and why. */
export type Decision =
  /** Its result is there. */
  | (Decided & { readonly action: 'skip'; readonly record: StageRecord })
  /** Nothing is there that is of use. */
  | (Decided & { readonly action: 'fresh' })
  /** Goes on in place, with what is there, or with what was set aside and is put back before. */
  | (Decided & { readonly action: 'resume'; readonly record: StageRecord; readonly restores?: string })
  /** Its result was set aside and is put back. */
  | (Decided & { readonly action: 'restore'; readonly record: StageRecord; readonly restores: string })
  /** Sets aside what is there, which may have no record. */
  | (Decided & { readonly action: 'replace'; readonly record: StageRecord | undefined })
  /** Not asked for. */
  | (Decided & { readonly action: 'leave' });

export type Action = Decision['action'];

interface Decided {
  readonly stage: PlannedStage;
  readonly reason: string;
  /** For the stages that consume what it makes. */
  readonly result: ResultState;
}

/** What is known of a stage's result, before or after it has run. */
export type ResultState =
  /** It is there. See {@link ResolvedInput}. */
  | { readonly is: 'there'; readonly resultId: string }
  /** It is to be made, and certain to be another than any before. */
  | { readonly is: 'new' }
  /** It is to be made, and only that shows whether it is another. */
  | { readonly is: 'open' };
