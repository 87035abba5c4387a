import type { StoreIndex } from '../../data/store/store-format.js';
import type { JsonObject } from '../../support/json.js';
import type { ImageEntry } from './images/image-entry.js';

/** What a report about a run shows, as read from the run's folder. Anything may be missing: of old, broken and running runs. */
export interface RunReport {
  readonly name: string;
  readonly state: ReportState;
  /** Why it failed, or what is wrong with its folder. */
  readonly problem: string | null;
  readonly stages: readonly ReportStage[];
  /** The progress of the training: `epoch 3/40`. */
  readonly progress: string | null;
  /** ISO time. */
  readonly started: string | null;
  /** The resolved config as YAML, without passwords. */
  readonly config: string | null;
  readonly differences: ConfigDifferences | null;
  readonly evaluations: readonly ReportEvaluation[];
  readonly curves: readonly ReportCurve[];
  /** Curves that belong in one chart, by the method. */
  readonly lossCharts: readonly { readonly title: string; readonly names: readonly string[] }[];
  /** Of curves and images, by name. */
  readonly descriptions: Readonly<Record<string, string>>;
  /** Null if it is not known, as before the end of the first epoch. */
  readonly stepsPerEpoch: number | null;
  readonly samples: readonly SampleSeries[];
  readonly data: StoreIndex | null;
  readonly environment: ReportEnvironment | null;
  /** Warnings of stages. */
  readonly warnings: readonly string[];
}

export type ReportState = 'done' | 'running' | 'failed' | 'unfinished';

export interface ReportStage {
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  readonly seconds: number | null;
  /** ISO time. */
  readonly finished: string | null;
}

/** The options whose values differ from another config. */
export interface ConfigDifferences {
  /** `the defaults`, or the name of the run that this one continues. */
  readonly from: string;
  readonly options: readonly { readonly path: string; readonly value: string; readonly before: string }[];
}

/** The results of one stage that measures. */
export interface ReportEvaluation {
  readonly stage: string;
  /** Of the chosen checkpoint, which the images are of. */
  readonly step: number | null;
  /** `last` and `best`, where both were measured, and `chosen` if that is another. */
  readonly checkpoints: readonly ReportCheckpoint[];
  readonly images: readonly ImageEntry[];
  /** Grids of images, for runs without single images. */
  readonly grids: readonly { readonly direction: string; readonly file: string }[];
}

export interface ReportCheckpoint {
  readonly name: string;
  readonly step: number | null;
  readonly epoch: number | null;
  /** By direction, then by metric. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, ReportValue>>>>;
}

export interface ReportValue {
  readonly value: number;
  readonly better: 'higher' | 'lower' | null;
  readonly unit: string | null;
  readonly count: number | null;
  /** The 95% interval. */
  readonly interval: readonly [number, number] | null;
  /** What the untranslated input scores. */
  readonly unchanged: number | null;
  /** What real images score. */
  readonly real: number | null;
  /** How many real images it is compared with. */
  readonly referenceCount?: number;
  /** A warning that the value gives. */
  readonly alarm: string | null;
  /** Whether it only finds faults: then no value says that a translation is good. */
  readonly diagnostic?: boolean;
}

/** A value over the steps of a training; steps ascend. */
export interface ReportCurve {
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** The same images at several steps: a grid each. */
export interface SampleSeries {
  readonly name: string;
  readonly frames: readonly { readonly step: number; readonly file: string }[];
}

export interface ReportEnvironment {
  /** As typed, for a shell. */
  readonly command: string;
  readonly commit: string | null;
  readonly branch: string | null;
  readonly dirty: boolean;
  readonly remote: string | null;
  readonly seed: number | null;
  readonly versions: JsonObject;
  readonly machine: JsonObject;
}
