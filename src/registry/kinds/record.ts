import type { JsonObject } from '../../support/json.js';

/** A line of the run's journal: a stage's report, or an event of the run. */
export type RunRecord =
  | MetricRecord
  | ImageRecord
  | TextRecord
  | HistogramRecord
  | CheckpointRecord
  | NoteRecord
  | StageStartedRecord
  | StageFinishedRecord
  | StageFailedRecord
  | StageInterruptedRecord
  | SetAsideRecord
  | RunStartedRecord
  | RunEndedRecord;

/** A number at a step. Names are grouped by `/`: `loss/G/adversarial`. Recorded once for each name and step. */
export type MetricRecord = StepRecord<'metric', number>;
/** An image (PNG) at a step, as its path relative to the run's folder. */
export type ImageRecord = StepRecord<'image', string>;
/** Text at a step, in Markdown. */
export type TextRecord = StepRecord<'text', string>;
/** The distribution of values at a step. */
export type HistogramRecord = StepRecord<'histogram', Histogram>;
/**
 * A checkpoint that is kept; `name` is its role, `dir` its folder relative to the run's. `best`: each time the validation finds a better one,
 * which replaces the earlier; `last`: at the end of the training.
 */
export type CheckpointRecord = StepRecord<'checkpoint', KeptCheckpoint> & { readonly name: CheckpointRole };
/** A message for the user; `name` is its level. */
export type NoteRecord = EventRecord<'note', string> & { readonly name: 'info' | 'warning' };

export type StageStartedRecord = EventRecord<
  'stage-started',
  {
    readonly reason: string;
    readonly resumes: boolean;
    /** The results that it works on, by artifact. Missing in journals of older versions. */
    readonly inputs?: Readonly<Record<string, RecordedInput>>;
  }
>;
/** The result of an earlier stage. */
export interface RecordedInput {
  /** Identifies its content: equal for equal prepared images, wherever they lie. */
  readonly result: string;
  readonly outputs: JsonObject;
}
export type StageFinishedRecord = EventRecord<
  'stage-finished',
  {
    /** Duration of this attempt. */
    readonly seconds: number;
    readonly outputs: JsonObject;
    /** Folder of its result, relative to the run's folder. */
    readonly dir: string;
    /** Files and folders of the result, relative to `dir`, to copy to trackers. */
    readonly artifacts: readonly string[];
  }
>;
export type StageFailedRecord = EventRecord<'stage-failed', readonly string[]>;
export type StageInterruptedRecord = EventRecord<'stage-interrupted', null>;
export type SetAsideRecord = EventRecord<'set-aside', { readonly to: string; readonly reason: string }>;

/** A process starts or resumes the run. `stage` and `name` are empty. */
export type RunStartedRecord = EventRecord<'run-started', RunStart>;
/** The process has ended. If it died, another process records `crashed` later. `stage` and `name` are empty. */
export type RunEndedRecord = EventRecord<
  'run-ended',
  { readonly status: 'finished' | 'failed' | 'interrupted' | 'crashed' }
>;

/** The environment of the run, as in `environment.json`. */
export interface RunStart {
  /** The arguments of the command line, without passwords. */
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

export type CheckpointRole = 'best' | 'last';

/** A training's checkpoint that later stages or trackers may take. */
export interface KeptCheckpoint {
  /** Its folder, with TensorFlow's checkpoint: see src/engine/checkpoints.ts. */
  readonly dir: string;
  /** Epochs done, with a fraction within an epoch. */
  readonly epoch: number;
  /** What the validation measured then, by name: `AtoB/psnr`. Empty if it measured nothing at this step. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Values counted in bins of equal width between the least and the greatest. Non-finite values are left out. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
}

export interface RecordLine<K, V> {
  readonly kind: K;
  readonly stage: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly value: V;
}
/** A record of a step. */
export type StepRecord<K, V> = RecordLine<K, V> & { readonly step: number };
/** A record of no step. */
export type EventRecord<K, V> = RecordLine<K, V> & { readonly step: null };
