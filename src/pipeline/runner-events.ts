import type { RecordedInput, RunEndedRecord, RunStart } from '../registry/kinds/record.js';
import type { SummaryLine } from '../registry/kinds/stage.js';
import type { TrackedEvent } from '../registry/kinds/stage-event.js';
import type { JsonObject } from '../support/json.js';
import type { Problem } from '../support/problem.js';
import type { Action } from './decision.js';

/** Events of the pipeline. The console and the journal listen to them; the core prints nothing. */
export type RunnerEvent =
  /** What will be done, before it starts. */
  | {
      readonly kind: 'plan';
      readonly runName: string;
      readonly runDir: string;
      readonly dryRun: boolean;
      readonly stages: readonly PlannedEvent[];
    }
  /** This process begins to work on the run. */
  | { readonly kind: 'run-started'; readonly start: RunStart }
  | { readonly kind: 'run-ended'; readonly status: RunEndedRecord['value']['status'] }
  | StageStarted
  /** Its result exists, or it was not selected. */
  | { readonly kind: 'stage-skipped'; readonly stage: string; readonly reason: string }
  | StageFinished
  | {
      readonly kind: 'stage-failed';
      readonly stage: string;
      readonly problems: readonly Problem[];
      readonly bug?: string;
    }
  /** Stopped by the user; the same command resumes it. */
  | { readonly kind: 'stage-interrupted'; readonly stage: string; readonly saved?: string; readonly next?: string }
  /** A stage's earlier result was moved to `to`. */
  | { readonly kind: 'set-aside'; readonly stage: string; readonly to: string; readonly reason: string }
  /** Another process builds the same shared stage. */
  | { readonly kind: 'waiting'; readonly stage: string; readonly holder: string; readonly advice?: string }
  /** A dead process's lock was taken over. */
  | { readonly kind: 'took-over'; readonly what: string; readonly holder: string }
  | { readonly kind: 'note'; readonly level: 'info' | 'warning'; readonly text: string }
  | { readonly kind: 'stage-event'; readonly tracked: TrackedEvent };

export interface PlannedEvent {
  readonly stage: string;
  readonly action: Action;
  readonly reason: string;
}

export interface StageStarted {
  readonly kind: 'stage-started';
  readonly stage: string;
  readonly reason: string;
  /** Whether it resumes an earlier attempt. */
  readonly resumes: boolean;
  /** The results that it works on, by artifact. */
  readonly inputs: Readonly<Record<string, RecordedInput>>;
}

export interface StageFinished {
  readonly kind: 'stage-finished';
  readonly stage: string;
  readonly dir: string;
  readonly outputs: JsonObject;
  readonly summary: readonly SummaryLine[];
  /** Files and folders of its result that trackers may store. */
  readonly artifacts: readonly string[];
  /** Of this attempt. */
  readonly seconds: number;
}

export type Listener = (event: RunnerEvent) => void;
