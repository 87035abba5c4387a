import type { Component } from '../component.js';

export interface LauncherSite {
  /** The sweep's name, for the names of jobs. */
  readonly sweep: string;
  /** The sweep's folder, absolute; the trials' own processes see it, too. */
  readonly dir: string;
  /** Most trials at once, as the user wants it; null for what suits the launcher. */
  readonly jobs: number | null;
  /** Where the command was typed, and where trials work. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where what a trial prints belongs, absolute. @param trial its number, or what stands for it in a pattern */
  logOf(trial: number | string): string;
  /** Tells the user something; the sweep goes on. */
  note(level: 'info' | 'warning', text: string): void;
}

/** Trials to start, all by the same command. */
export interface TrialBatch {
  readonly trials: readonly number[];
  /** The words of the command, without the trial's number, which comes last. Started again, it goes on with the trial. */
  readonly command: readonly string[];
}

/**
 * Where a trial that was handed over is. `gone`: it is not there any more, however it ended: that its own record on the disk says. `lost`: nothing
 * is known of it, as after a server's restart; if it has not ended by its record, it is handed over once more.
 */
export type JobState = 'queued' | 'running' | 'gone' | 'lost';

/**
 * Starts trials somewhere and knows whether they are still there. It never says how one ended: a trial's own record on the disk does, so that
 * a launcher that forgets, restarts or lies can make no result wrong.
 *
 * A trial is asked to stop by SIGTERM: it saves a checkpoint and leaves, and goes on from there when it is started again.
 */
export interface Launcher {
  /** How many trials it can have at a time: as many are submitted, and the rest when some are gone. */
  readonly capacity: number;
  /** Whether it takes a whole batch at a time, and the next one when all of that are gone: its own throttle holds for one batch. */
  readonly batches?: boolean;
  /** Whether trials live on without this process. If not, the launcher ends them with it. */
  readonly detached: boolean;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /**
   * Hands trials over, or some of them: the others are tried again.
   *
   * @returns what stands for each that was handed over from now on, in this process and later ones
   * @throws ProblemError for what a person must mend; Error for what may pass by itself: both only if none was handed over
   */
  submit(batch: TrialBatch): Promise<ReadonlyMap<number, string>>;
  /** @param handles of trials that were handed over, maybe by an earlier process @throws Error while nobody answers */
  watch(handles: readonly string[]): Promise<ReadonlyMap<string, JobState>>;
  /** Asks trials to stop, and takes those that wait off the queue. Those that are gone are no mistake. */
  cancel(handles: readonly string[]): Promise<void>;
  /** Called once, when nothing more is wanted of it. */
  close?(): Promise<void>;
}

export type LauncherComponent<Options = never> = Component<Options, LauncherSite, Launcher>;
