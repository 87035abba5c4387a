import type { Config } from '../config.js';
import type { Json } from '../../support/json.js';
import type { Component } from '../component.js';
import type { RunRecord } from './record.js';

export interface TrackerSite {
  /** The run's folder; images of records lie below it. */
  readonly runDir: string;
  readonly runName: string;
  /** The resolved config, without passwords. */
  readonly config: Config;
  /**
   * What makes the run this run and no other, by path: `generator.width`. The same for as long as the run lives, which the rest of the config
   * (how it is evaluated, exported, tracked) need not be.
   */
  readonly params: Readonly<Record<string, string | number | boolean | null>>;
  /** What its curves and images show. */
  readonly curves: Curves;
  /** What `take` returned last for this destination, maybe in an earlier process. */
  readonly state: Json | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Tells the user something about the tracker; the run goes on. */
  readonly note: (level: 'info' | 'warning', text: string) => void;
}

/** For whoever draws curves. */
export interface Curves {
  /** What a metric or image of the run shows, in a sentence or two, by its name: `loss/G/total`. */
  readonly descriptions: Readonly<Record<string, string>>;
  /** Which losses belong into one chart. */
  readonly losses: readonly { readonly title: string; readonly tags: readonly string[] }[];
}

/**
 * Brings a run to where people look at it. It is fed from the run's journal by a cursor that is kept beside it, so it need not remember what
 * it has had, and what it misses while a server is down comes later: when it is up again, with the next run, or by `runner sync`.
 */
export interface Tracker {
  /**
   * Takes the next records, in their order; never called again before it is done. What it resolves with is kept as its state, together with
   * the cursor.
   *
   * A process that dies in between leaves the cursor where it was: then the same records, or more from the same place on, come again.
   *
   * @param records at least one, at most {@link MOST_RECORDS}
   * @param signal aborted when nobody waits any longer; the records come again another time
   * @throws Error for what may pass by itself: the same records come again after a pause that grows
   * @throws ProblemError for what a person must mend: nothing more comes before the next run or `runner sync`
   * @throws StartOver where what was taken before is gone
   */
  take(records: readonly RunRecord[], signal: AbortSignal): Promise<Json | undefined>;
  /** Called once, after the last `take`. */
  close?(): Promise<void>;
}

/** The most records that are handed over at once. */
export const MOST_RECORDS = 1000;

/**
 * Thrown by `take`: what it has had is not there any more, so it wants everything from the journal's beginning, without a state. A plugin that
 * has no way to import it throws an Error of this name.
 */
export class StartOver extends Error {
  override readonly name = 'StartOver';
}

export interface TrackerComponent<Options = never> extends Component<Options, TrackerSite, Tracker> {
  /**
   * Where the records go, such as a server and what it is asked to put them under; no secrets. Another destination gets everything from the
   * journal's beginning. Without one there is but one place.
   */
  readonly destination?: (options: Options, env: NodeJS.ProcessEnv) => string;
  /**
   * Tells of a sweep as a whole, beside its trials, which are runs like others; maybe once more with a later state. A tracker that has an option
   * `sweep` finds the sweep's name there when it is told of a trial.
   *
   * @throws Error what went wrong; the sweep's own files are there all the same
   */
  readonly reportSweep?: (
    options: Options,
    sweep: ReportedSweep,
    env: NodeJS.ProcessEnv,
    signal: AbortSignal,
  ) => Promise<void>;
}

/** A sweep as a tracker is told of it. */
export interface ReportedSweep {
  readonly name: string;
  /** The resolved config of its first trial. */
  readonly config: Config;
  readonly status: 'running' | 'finished' | 'failed' | 'interrupted';
  /** What was varied, by path, and the values. */
  readonly params: Readonly<Record<string, string>>;
  /** How many trials there are and are done, and the best value. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The table, the page: absolute paths. */
  readonly files: readonly string[];
  /** Milliseconds since 1970. */
  readonly created: number;
}
