import type { CheckpointRole, Histogram, KeptCheckpoint } from './record.js';

/** An event that a stage reports. Serialisable: stages with the native engine run in another process. */
export type StageEvent =
  /** A number at a step, for the journal and the curves. Names are grouped by `/`: `loss/G/adversarial`. */
  | { readonly kind: 'metric'; readonly name: string; readonly step: number; readonly value: number }
  /** An image at a step; `file` is an absolute path to a PNG, which is kept. */
  | { readonly kind: 'image'; readonly name: string; readonly step: number; readonly file: string }
  /** Text at a step, in Markdown, such as a description of the data or the config. */
  | { readonly kind: 'text'; readonly name: string; readonly step: number; readonly text: string }
  /** The distribution of values at a step, such as a layer's weights: `weights/G/down1/kernel`. */
  | { readonly kind: 'histogram'; readonly name: string; readonly step: number; readonly histogram: Histogram }
  /** A checkpoint that is kept, with its absolute folder: see {@link KeptCheckpoint}. */
  | ({ readonly kind: 'checkpoint'; readonly name: CheckpointRole; readonly step: number } & KeptCheckpoint)
  /** Progress of the stage; for the console only. */
  | Progress
  | StagePhase
  | { readonly kind: 'note'; readonly level: 'info' | 'warning'; readonly text: string };

export interface Progress {
  readonly kind: 'progress';
  /** The unit: `images`, `steps`, `bytes`, `files`. `total` is 0 if unknown. */
  readonly unit: string;
  readonly done: number;
  readonly total: number;
  /** The current part of the work, for display: `epoch 3/40`. */
  readonly phase?: string;
  /** Recent units per second. */
  readonly rate?: number;
  /** Memory of the process, in bytes. */
  readonly memory?: number;
  /** A few values to display, such as the losses. */
  readonly values?: Readonly<Record<string, number>>;
  /** Progress of a training in numbers, since `unit` and `phase` are for display. */
  readonly training?: TrainingProgress;
}

/** Progress of a training over all attempts. A stage that reports it saves its progress when stopped. */
export interface TrainingProgress {
  /** Epoch of the last step, from 1 on. */
  readonly epoch: number;
  /** Epochs of the whole training. */
  readonly epochs: number;
  /** Steps done. */
  readonly step: number;
  readonly stepsPerEpoch: number;
}

/**
 * The work of a stage before it can count progress, such as building the graph; for the console and `runner status` only. It lasts until
 * progress is reported or another phase starts. The built-in phases are in `registry/phases.ts`.
 */
export interface StagePhase {
  readonly kind: 'phase';
  /** For programs: `building-graph`. */
  readonly name: string;
  /** For people: `building the graph`. */
  readonly text: string;
}

/** An event with its stage and time. */
export interface TrackedEvent {
  readonly stage: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly event: StageEvent;
}
