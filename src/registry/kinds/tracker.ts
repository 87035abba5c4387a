import type { Component } from '../component.js';

/** What a stage tells while it works. Serialisable: stages with the native engine live in another process. */
export type StageEvent =
  /** A number at a step, for the journal and the curves. Names are grouped by `/`: `loss/G/adversarial`. */
  | { readonly kind: 'metric'; readonly name: string; readonly step: number; readonly value: number }
  /** A picture at a step; `file` is an absolute path to a PNG that stays. */
  | { readonly kind: 'image'; readonly name: string; readonly step: number; readonly file: string }
  /** Words at a step, in Markdown, for people who look at the run: what the data is, which config. */
  | { readonly kind: 'text'; readonly name: string; readonly step: number; readonly text: string }
  /** How far the stage is; for the console only. */
  | Progress
  /** Work begins, or goes on, at this step: whatever an earlier attempt told of it and of later steps is told again. */
  | { readonly kind: 'resumed'; readonly step: number }
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
  /** A few numbers worth seeing, such as the losses. */
  readonly values?: Readonly<Record<string, number>>;
}

/** An event with where and when it happened. */
export interface TrackedEvent {
  readonly stage: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly event: StageEvent;
}

export interface TrackerSite {
  /** The run's folder. */
  readonly runDir: string;
  readonly runName: string;
  /** Tells the user of the tracker's own trouble; the run goes on. */
  readonly warn: (text: string) => void;
}

/** Listens to a run. A tracker that fails must not harm the run: it keeps its trouble to itself and reports it once. */
export interface Tracker {
  on(event: TrackedEvent): void;
  /** Writes what it has heard so far. Awaited before a checkpoint: what came before one is not told again. */
  flush?(): Promise<void>;
  close(): Promise<void>;
}

export interface TrackerComponent<Options = never> extends Component<Options, TrackerSite, Tracker> {
  /** `engine`: needs the native engine, so it listens in the stage's process; `runner`: in the parent. */
  readonly place: 'engine' | 'runner';
}
