import type { Histogram } from './record.js';

/** What a stage tells while it works. Serialisable: stages with the native engine live in another process. */
export type StageEvent =
  /** A number at a step, for the journal and the curves. Names are grouped by `/`: `loss/G/adversarial`. */
  | { readonly kind: 'metric'; readonly name: string; readonly step: number; readonly value: number }
  /** An image at a step; `file` is an absolute path to a PNG that stays. */
  | { readonly kind: 'image'; readonly name: string; readonly step: number; readonly file: string }
  /** Words at a step, in Markdown, for people who look at the run: what the data is, which config. */
  | { readonly kind: 'text'; readonly name: string; readonly step: number; readonly text: string }
  /** How numbers are spread at a step, such as a layer's weights: `weights/G/down1/kernel`. */
  | { readonly kind: 'histogram'; readonly name: string; readonly step: number; readonly histogram: Histogram }
  /** How far the stage is; for the console only. */
  | Progress
  | StagePhase
  | { readonly kind: 'note'; readonly level: 'info' | 'warning'; readonly text: string };

export interface Progress {
  readonly kind: 'progress';
  /** What is counted: `images`, `steps`, `bytes`, `files`. `total` is 0 where it is not known. */
  readonly unit: string;
  readonly done: number;
  readonly total: number;
  /** Where in the work this is, for people: `epoch 3/40`. */
  readonly phase?: string;
  /** Units a second, lately. */
  readonly rate?: number;
  /** What the process has in memory, in bytes. */
  readonly memory?: number;
  /** A few numbers worth seeing, such as the losses. */
  readonly values?: Readonly<Record<string, number>>;
  /** Of a stage that trains; what it says in figures is not read out of `unit` and `phase`, which are for people. */
  readonly training?: TrainingProgress;
}

/** How far a training is, over all attempts. A stage that reports it saves where it is when it is stopped. */
export interface TrainingProgress {
  /** That of the last step, from 1 on. */
  readonly epoch: number;
  /** Of the whole training. */
  readonly epochs: number;
  /** Steps that are made. */
  readonly step: number;
  readonly stepsPerEpoch: number;
}

/**
 * What a stage does while there is nothing to count yet, such as building the graph; for the console and `runner status` only. It lasts until
 * progress is reported, or another phase begins. The stages' own are in `registry/phases.ts`.
 */
export interface StagePhase {
  readonly kind: 'phase';
  /** For programs: `building-graph`. */
  readonly name: string;
  /** For people: `building the graph`. */
  readonly text: string;
}

/** An event with where and when it happened. */
export interface TrackedEvent {
  readonly stage: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly event: StageEvent;
}
