import type { Component } from '../component.js';

export interface LauncherSite {
  /** The sweep's name, for the names of jobs. */
  readonly sweep: string;
  /** The sweep's folder, absolute; the processes of trials can access it. */
  readonly dir: string;
  /** The user's maximum number of parallel trials; null lets the launcher decide. */
  readonly jobs: number | null;
  /** The working folder of the command and of the trials. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute path for a trial's output. @param trial its number, or a placeholder for it in a pattern */
  logOf(trial: number | string): string;
  /** Shows the user a message; the sweep continues. */
  note(level: 'info' | 'warning', text: string): void;
}

/** Trials to start by the same command. */
export interface TrialBatch {
  readonly trials: readonly number[];
  /** The command and its arguments, without the trial's number, which comes last. Started again, it resumes the trial. */
  readonly command: readonly string[];
}

/**
 * State of a submitted trial. `gone`: it has ended; its record on disk has the outcome. `lost`: the state is unknown, such as after a
 * server's restart; it is submitted again unless its record shows that it ended.
 */
export type JobState = 'queued' | 'running' | 'gone' | 'lost';

/**
 * Starts trials and reports whether they still run. Their outcome is read from their own records on disk, so a launcher that
 * forgets, restarts or is wrong cannot corrupt a result.
 *
 * SIGTERM stops a trial: it saves a checkpoint and exits, and resumes from there when it is started again.
 */
export interface Launcher {
  /** Maximum number of trials at a time; further ones are submitted when some are gone. */
  readonly capacity: number;
  /** Whether it takes one batch at a time, and the next when all of its trials are gone, since it limits parallel trials per batch. */
  readonly batches?: boolean;
  /** Whether trials survive this process. If not, the launcher ends them with it. */
  readonly detached: boolean;
  /** Milliseconds between two polls. */
  readonly interval: number;
  /**
   * Submits all or some of the trials; the others are tried again.
   *
   * @returns a handle for each submitted trial, valid in this process and later ones
   * @throws ProblemError if the user must act; Error for transient failures: both only if none was submitted
   */
  submit(batch: TrialBatch): Promise<ReadonlyMap<number, string>>;
  /** @param handles of submitted trials, possibly from an earlier process @throws Error while the states are unavailable */
  watch(handles: readonly string[]): Promise<ReadonlyMap<string, JobState>>;
  /** Stops running trials and removes queued ones. Handles of trials that are gone are ignored. */
  cancel(handles: readonly string[]): Promise<void>;
  /** Called once, when the launcher is no longer needed. */
  close?(): Promise<void>;
}

export type LauncherComponent<Options = never> = Component<Options, LauncherSite, Launcher>;
