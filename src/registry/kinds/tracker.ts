import type { Config } from '../config.js';
import type { Json } from '../../support/json.js';
import type { Component } from '../component.js';
import type { RunRecord } from './record.js';

export interface TrackerSite {
  /** The run's folder, which contains the images of records. */
  readonly runDir: string;
  readonly runName: string;
  /** The resolved config, without passwords. */
  readonly config: Config;
  /**
   * The config that identifies the run, by path: `generator.width`. It never changes during the run, unlike the rest of the config
   * (evaluation, export, tracking).
   */
  readonly params: Readonly<Record<string, string | number | boolean | null>>;
  /** Descriptions of its curves and images. */
  readonly curves: Curves;
  /** The last result of `take` for this destination, possibly from an earlier process. */
  readonly state: Json | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Shows the user a message about the tracker; the run continues. */
  readonly note: (level: 'info' | 'warning', text: string) => void;
}

/** Descriptions for drawing curves. */
export interface Curves {
  /** A description of a metric or image of the run in a sentence or two, by its name: `loss/G/total`. */
  readonly descriptions: Readonly<Record<string, string>>;
  /** Losses to draw in one chart. */
  readonly losses: readonly CurveChart[];
  /** Values of evaluate.metrics to draw in one chart each: on the validation images during training, and on the test images. */
  readonly metrics: readonly CurveChart[];
}

/** Curves that belong in one chart. */
export interface CurveChart {
  readonly title: string;
  readonly tags: readonly string[];
}

/**
 * Sends a run to a place for display. It gets records from the run's journal by a saved cursor, so it need not remember received
 * records. Records missed while a server is down follow later: when it is up again, with the next run, or by `runner sync`.
 */
export interface Tracker {
  /**
   * Takes the next records, in order; calls do not overlap. The result is saved as its state, together with the cursor.
   *
   * If the process dies during a call, the cursor is not moved: the same records, possibly with more, are passed again.
   *
   * @param records at least one, at most {@link MOST_RECORDS}
   * @param signal aborted when the caller no longer waits; the records are passed again later
   * @throws Error for transient failures: the same records are passed again after a growing pause
   * @throws ProblemError if the user must act: no more records until the next run or `runner sync`
   * @throws StartOver if the records taken before are lost
   */
  take(records: readonly RunRecord[], signal: AbortSignal): Promise<Json | undefined>;
  /** Called once, after the last `take`. */
  close?(): Promise<void>;
}

/** Maximum number of records per call of `take`. */
export const MOST_RECORDS = 1000;

/**
 * Thrown by `take` if earlier records are lost at the destination: it then gets everything from the journal's beginning, without a state.
 * A plugin that cannot import it throws an Error of this name.
 */
export class StartOver extends Error {
  override readonly name = 'StartOver';
}

export interface TrackerComponent<Options = never> extends Component<Options, TrackerSite, Tracker> {
  /**
   * Identifies the destination of the records, such as a server and an experiment's name, without secrets. A new destination gets
   * everything from the journal's beginning. Without it there is a single destination.
   */
  readonly destination?: (options: Options, env: NodeJS.ProcessEnv) => string;
  /**
   * Records a sweep as a whole, in addition to its trials, which are ordinary runs; may be called again with a later state. A tracker
   * with an option `sweep` gets the sweep's name there for a trial.
   *
   * @throws Error on failure; it does not affect the sweep's own files
   */
  readonly reportSweep?: (
    options: Options,
    sweep: ReportedSweep,
    env: NodeJS.ProcessEnv,
    signal: AbortSignal,
  ) => Promise<void>;
}

/** A sweep as reported to a tracker. */
export interface ReportedSweep {
  readonly name: string;
  /** The resolved config of its first trial. */
  readonly config: Config;
  readonly status: 'running' | 'finished' | 'failed' | 'interrupted';
  /** The varied values, by path. */
  readonly params: Readonly<Record<string, string>>;
  /** Number of trials, in total and done, and the best value. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Absolute paths of the table and the page. */
  readonly files: readonly string[];
  /** Milliseconds since 1970. */
  readonly created: number;
}
