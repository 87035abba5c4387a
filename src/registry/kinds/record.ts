import type { JsonObject } from '../../support/json.js';

/** A line of the run's journal: what a stage told, or what happened to the run. */
export type RunRecord =
  | MetricRecord
  | ImageRecord
  | TextRecord
  | HistogramRecord
  | NoteRecord
  | StageStartedRecord
  | StageFinishedRecord
  | StageFailedRecord
  | StageInterruptedRecord
  | SetAsideRecord
  | RunStartedRecord
  | RunEndedRecord;

/** A number at a step. Names are grouped by `/`: `loss/G/adversarial`. Told once for each name and step. */
export type MetricRecord = Told<'metric', number>;
/** An image (PNG) at a step, as its path relative to the run's folder. */
export type ImageRecord = Told<'image', string>;
/** Words at a step, in Markdown. */
export type TextRecord = Told<'text', string>;
/** How numbers are spread at a step. */
export type HistogramRecord = Told<'histogram', Histogram>;
/** For people; `name` is its level. */
export type NoteRecord = Happened<'note', string> & { readonly name: 'info' | 'warning' };

export type StageStartedRecord = Happened<'stage-started', { readonly reason: string; readonly resumes: boolean }>;
export type StageFinishedRecord = Happened<
  'stage-finished',
  {
    /** Of this attempt. */
    readonly seconds: number;
    readonly outputs: JsonObject;
    /** Where its result lies, relative to the run's folder. */
    readonly dir: string;
    /** Files and folders of the result, relative to `dir`, that are worth having elsewhere. */
    readonly artifacts: readonly string[];
  }
>;
export type StageFailedRecord = Happened<'stage-failed', readonly string[]>;
export type StageInterruptedRecord = Happened<'stage-interrupted', null>;
export type SetAsideRecord = Happened<'set-aside', { readonly to: string; readonly reason: string }>;

/** A process begins to work on the run, or goes on with it. `stage` and `name` are empty. */
export type RunStartedRecord = Happened<'run-started', RunStart>;
/** It has ended; of one that died somebody else tells, who finds out: `crashed`. `stage` and `name` are empty. */
export type RunEndedRecord = Happened<
  'run-ended',
  { readonly status: 'finished' | 'failed' | 'interrupted' | 'crashed' }
>;

/** Where, with what and by whom, as `environment.json` has it. */
export interface RunStart {
  /** The words of the command line, without passwords. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly user: string | null;
  readonly git: {
    readonly commit: string;
    readonly branch: string | null;
    readonly dirty: boolean;
    /** The repository's address, without passwords. */
    readonly remote: string | null;
  } | null;
  readonly versions: JsonObject;
  readonly machine: JsonObject;
}

/** Numbers counted in cells of equal width between the least and the greatest. Those that are not finite are left out. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
}

interface Line<K, V> {
  readonly kind: K;
  readonly stage: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly value: V;
}
type Told<K, V> = Line<K, V> & { readonly step: number };
type Happened<K, V> = Line<K, V> & { readonly step: null };
