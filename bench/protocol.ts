import type { Case } from './cases.js';

/**
 * The protocol of driver and contestant. A contestant starts with its task, as JSON, in its argument. When ready, it prints a line
 * `{"ready": {...facts}}`. Then it reads names of actions, one per line, runs each and prints its duration, as it measured it: `{"seconds":
 * 1.25}`. At `end` (or at the end of its input) it prints `{"peakMb": 812}` and exits. Other lines are output of libraries and are ignored.
 */
export interface Task {
  readonly what: 'step' | 'translate' | 'files' | 'data' | 'preprocess' | 'tracking';
  readonly case: Case;
  readonly precision: Precision;
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

export interface Reply {
  readonly ready?: Facts;
  readonly seconds?: number;
  readonly peakMb?: number;
}

/** Versions of a contestant's software, and `device`: `cpu`, or the name of a GPU. */
export type Facts = Readonly<Record<string, string>>;
