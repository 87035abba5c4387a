import type { Case } from './cases.js';

/**
 * How driver and contestant talk. A contestant is started with its task, a JSON text, as its argument. It gets ready and prints a line
 * `{"ready": {...facts}}`. Then it reads words, a line each, does what each says and prints `{"seconds": 1.25}`, its own
 * measurement of that; at `end` (or when its input ends) it prints `{"peakMb": 812}` and leaves. Lines that are not JSON objects are
 * somebody else's output and count for nothing.
 */
export interface Task {
  readonly what: 'step' | 'translate' | 'data' | 'preprocess' | 'tracking';
  readonly case: Case;
  readonly precision: Precision;
}

/** A folder of images to prepare, and the sides that training and test images are wanted at. */
export interface PreprocessTask extends Task {
  readonly images: string;
  readonly loadSize: number;
  readonly imageSize: number;
}

/** Trainings that are told to TensorBoard and MLflow, or to nobody. */
export interface TrackingTask extends Task {
  /** A Python that has MLflow; null for no trackers at all. */
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

/** What a contestant is made of: versions by name, and `device`: `cpu`, or the name of a GPU. */
export type Facts = Readonly<Record<string, string>>;
