import type { Case } from './cases.js';

/**
 * The protocol of driver and contestant. A contestant starts with its task, as JSON, in its argument. When ready, it prints a line
 * `{"ready": {...facts}}`, which may have `"weights": 123` beside it; where it cannot take part, `{"declined": "why"}`, and exits. Then it
 * reads names of actions, one per line, runs each and prints its duration, as it measured it: `{"seconds": 1.25}`. To `launches` it answers
 * `{"launches": 1300}`, or null if it cannot count them. At `end` (or at the end of its input) it prints `{"peakMb": 812}`, the peak before
 * `launches`, and exits. Other lines are output of libraries and are ignored.
 */
export interface Task {
  readonly what: 'step' | 'translate' | 'files' | 'data' | 'preprocess' | 'tracking';
  readonly case: Case;
  readonly precision: Precision;
  /** Whether XLA compiles our step; as in training without a setting. */
  readonly xla?: Xla;
}

/** A folder of images to prepare, and the sides of training and test images. */
export interface PreprocessTask extends Task {
  readonly images: string;
  readonly loadSize: number;
  readonly imageSize: number;
}

/** A folder of images to translate. */
export interface FilesTask extends Task {
  readonly images: string;
}

/** Trainings with TensorBoard and MLflow, or without trackers. */
export interface TrackingTask extends Task {
  /** A Python that has MLflow; null without trackers. */
  readonly mlflow: string | null;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

export type Precision = 'float32' | 'bfloat16';
/** `engine.xla` of a config. */
export type Xla = 'auto' | 'on' | 'off';

export interface Reply {
  readonly ready?: Facts;
  /** How many numbers the kernels of all convolutions have: equal among the contestants of a case. */
  readonly weights?: number | null;
  readonly declined?: string;
  readonly seconds?: number;
  /** How many operations a step runs; see the README for what each contestant counts. */
  readonly launches?: number | null;
  readonly peakMb?: number;
}

/** Versions of a contestant's software, and `device`: `cpu`, or the name of a GPU. */
export type Facts = Readonly<Record<string, string>>;
