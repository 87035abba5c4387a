import { setTimeout as sleep } from 'node:timers/promises';
import { type Tracker, type TrackerSite, MOST_RECORDS } from '../../registry/kinds/tracker.js';
import type { RunRecord } from '../../registry/kinds/record.js';
import { type Problem, ProblemError } from '../../support/problem.js';
import { type Cursor, lagOf, readCursor, within, writeCursor } from './cursor.js';
import { readJournalChunk } from './journal-tail.js';

export interface FeedOptions {
  /** The tracker's name in the config. */
  readonly name: string;
  readonly journal: string;
  /** Where the cursor is kept. */
  readonly file: string;
  readonly destination: string;
  /** Creates the tracker from its saved state. */
  readonly open: (state: TrackerSite['state']) => Tracker;
  readonly onEvent: (event: FeedEvent) => void;
  readonly pace?: FeedRetries;
}

export type FeedEvent =
  /** It fails and will be retried; the run continues. Reported once until it works again. */
  | { readonly kind: 'failing'; readonly why: string }
  | { readonly kind: 'works-again' }
  /** It fails permanently: not retried. */
  | { readonly kind: 'stopped'; readonly problems: readonly Problem[] };

/** In milliseconds. */
export interface FeedRetries {
  /** Between two calls during the run: fewer, larger batches cost a server less. */
  readonly every: number;
  /** After the first failure; doubled with each further one. */
  readonly firstPause: number;
  readonly longestPause: number;
  /** At the end of the run, how long to wait for a tracker without progress. */
  readonly patience: number;
}

/** The patience is multiplied by this for a tracker that is slow and has not failed. */
const SLOW_PATIENCE_FACTOR = 12;
const LONGEST_TIMER = 2 ** 31 - 1;
/**
 * Dashboards refresh every half a minute; a call costs the server, and a training on the same cores, about as much for one record as for
 * hundreds.
 */
const PACE: FeedRetries = { every: 5000, firstPause: 1000, longestPause: 60_000, patience: 10_000 };

/** Feeds one tracker from the journal, at its own pace, during the run. Never throws: failures are reported and retried. */
export class TrackerFeed {
  readonly #pace: FeedRetries;
  readonly #end = new AbortController();
  /** Ends the current pause early. */
  #wakeUp = new AbortController();
  /** Whether it waits for new records. */
  #idle = false;
  /** Whether the journal has grown since it was last read. */
  #hasGrown = false;
  #tracker: Tracker | undefined;
  #cursor: Cursor | undefined;
  #draining = false;
  #stopped = false;
  #failures = 0;
  #lastSuccess = performance.now();
  readonly #done: Promise<void>;

  constructor(private readonly options: FeedOptions) {
    this.#pace = options.pace ?? PACE;
    this.#done = this.#run();
  }

  get name(): string {
    return this.options.name;
  }

  /** Call when the journal has grown. */
  wake(): void {
    this.#hasGrown = true;
    if (this.#idle) this.#wakeUp.abort();
  }

  /**
   * Sends all remaining records. Waits longer for a tracker that is slow than for one that fails.
   *
   * @param signal aborted when the user stops waiting
   * @param patience in milliseconds; that of the pace by default
   * @returns bytes of the journal that were not sent
   */
  async drain(signal?: AbortSignal, patience = this.#pace.patience): Promise<number> {
    this.#draining = true;
    this.#lastSuccess = performance.now();
    this.#failures = Math.min(1, this.#failures);
    this.#wakeUp.abort();
    const giveUp = () => this.#end.abort();
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    const watch = setInterval(() => {
      const waited = performance.now() - this.#lastSuccess;
      if (waited > patience * (this.#failures > 0 ? 1 : SLOW_PATIENCE_FACTOR)) giveUp();
    }, 50);
    try {
      await this.#done;
    } finally {
      clearInterval(watch);
      signal?.removeEventListener('abort', giveUp);
    }
    return this.#cursor === undefined ? Infinity : lagOf(this.#cursor, this.options.journal);
  }

  async #run(): Promise<void> {
    // So that the constructor returns before the first event.
    await Promise.resolve();
    while (!this.#end.signal.aborted && !this.#stopped) {
      const pause = await this.#round();
      if (pause === 'end') break;
      await this.#pause(pause);
    }
    await this.#close();
  }

  /** Sends one batch. @returns the pause before the next, or `end` */
  async #round(): Promise<number | 'end'> {
    try {
      const taken = await this.#sendBatch();
      if (this.#failures > 0) this.options.onEvent({ kind: 'works-again' });
      this.#failures = 0;
      this.#lastSuccess = performance.now();
      if (taken === 'all') return this.#draining ? 'end' : Infinity;
      return this.#draining || taken === 'full' ? 0 : this.#pace.every;
    } catch (error) {
      if (this.#end.signal.aborted) return 'end';
      return this.#failed(error);
    }
  }

  async #sendBatch(): Promise<'all' | 'some' | 'full'> {
    const { journal, file, destination } = this.options;
    this.#cursor ??= await within(await readCursor(file, destination), journal);
    this.#hasGrown = false;
    const { records, end } = await readJournalChunk(journal, this.#cursor.offset, MOST_RECORDS);
    if (end === this.#cursor.offset) return 'all';
    const state = records.length === 0 ? this.#cursor.state : await this.#take(records);
    this.#cursor = { destination, offset: end, state };
    await writeCursor(file, this.#cursor);
    return records.length === MOST_RECORDS ? 'full' : 'some';
  }

  async #take(records: readonly RunRecord[]): Promise<Cursor['state']> {
    this.#tracker ??= this.options.open(this.#cursor!.state);
    const taken = await untilAborted(this.#tracker.take(records, this.#end.signal), this.#end.signal);
    return taken === undefined ? this.#cursor!.state : taken;
  }

  async #failed(error: unknown): Promise<number | 'end'> {
    const atTheBeginning = this.#cursor?.offset === 0 && this.#cursor.state === undefined;
    if (error instanceof Error && error.name === 'StartOver' && !atTheBeginning) {
      await this.#close();
      this.#cursor = { destination: this.options.destination, offset: 0, state: undefined };
      return 0;
    }
    if (error instanceof ProblemError) {
      this.#stopped = true;
      this.options.onEvent({ kind: 'stopped', problems: error.problems });
      return 'end';
    }
    const why = error instanceof Error ? error.message : String(error);
    if (this.#failures++ === 0) this.options.onEvent({ kind: 'failing', why });
    const { firstPause, longestPause } = this.#pace;
    // Jitter: runs that lost the same server do not all retry at once.
    return Math.min(longestPause, firstPause * 2 ** (this.#failures - 1)) * (0.75 + Math.random() / 2);
  }

  /** @param ms Infinity to wait for new records */
  async #pause(ms: number): Promise<void> {
    // Records added since the journal was read are sent in the next round.
    if (this.#failures === 0 && (this.#draining || (this.#hasGrown && ms === Infinity))) return;
    this.#wakeUp = new AbortController();
    this.#idle = ms === Infinity;
    const signal = AbortSignal.any([this.#wakeUp.signal, this.#end.signal]);
    await sleep(Math.min(ms, LONGEST_TIMER), undefined, { signal }).catch(() => undefined);
    this.#idle = false;
  }

  async #close(): Promise<void> {
    const tracker = this.#tracker;
    this.#tracker = undefined;
    await tracker?.close?.().catch(() => undefined);
  }
}

/** @throws Error as soon as the signal is aborted, whether or not the work obeys it */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let cut: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    cut = () => reject(new Error('No longer awaited.'));
    if (signal.aborted) cut();
    else signal.addEventListener('abort', cut);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', cut!);
    // Its later failure is ignored.
    work.catch(() => undefined);
  }
}
