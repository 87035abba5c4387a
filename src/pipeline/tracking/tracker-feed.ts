import { setTimeout as sleep } from 'node:timers/promises';
import { type Tracker, type TrackerSite, MOST_RECORDS } from '../../registry/kinds/tracker.js';
import type { RunRecord } from '../../registry/kinds/record.js';
import { type Problem, ProblemError } from '../../support/problem.js';
import { type Cursor, lagOf, readCursor, within, writeCursor } from './cursor.js';
import { readStretch } from './journal-tail.js';

export interface FeedOptions {
  /** The tracker's name in the config. */
  readonly name: string;
  readonly journal: string;
  /** Where the cursor is kept. */
  readonly file: string;
  readonly destination: string;
  /** Makes the tracker, given the state that is kept. */
  readonly open: (state: TrackerSite['state']) => Tracker;
  readonly told: (event: FeedEvent) => void;
  readonly pace?: FeedRetries;
}

export type FeedEvent =
  /** It fails, the run goes on, and it is tried again. Told once until it works again. */
  | { readonly kind: 'failing'; readonly why: string }
  | { readonly kind: 'works-again' }
  /** It fails for a reason that does not pass by itself: not tried again here. */
  | { readonly kind: 'stopped'; readonly problems: readonly Problem[] };

/** In milliseconds. */
export interface FeedRetries {
  /** Between two calls while the run goes on: many records at once cost a server less. */
  readonly every: number;
  /** After the first failure; doubled with each one that follows. */
  readonly firstPause: number;
  readonly longestPause: number;
  /** How long, at the end of the run, a tracker may go without taking anything. */
  readonly patience: number;
}

/** A tracker that is slow and has not failed is given so many times the patience with one that fails. */
const PATIENCE_WITH_THE_SLOW = 12;
const LONGEST_TIMER = 2 ** 31 - 1;
/**
 * Dashboards look for news every half a minute; and a call costs its server, and a training on the same cores, about the same for one record as
 * for hundreds.
 */
const PACE: FeedRetries = { every: 5000, firstPause: 1000, longestPause: 60_000, patience: 10_000 };

/** Feeds one tracker from the journal, at its own pace, for as long as the run goes on. Never throws: what fails is told and comes again. */
export class TrackerFeed {
  readonly #pace: FeedRetries;
  readonly #end = new AbortController();
  /** Cuts the present pause short. */
  #hurry = new AbortController();
  /** Whether the pause is for lack of records. */
  #idle = false;
  /** Whether the journal has grown since it was last looked at. */
  #news = false;
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

  /** The journal has grown. */
  wake(): void {
    this.#news = true;
    if (this.#idle) this.#hurry.abort();
  }

  /**
   * Hands over all that is there, waiting for a tracker that works, however slow it is; for one that fails only as long as its patience lasts.
   *
   * @param signal aborted when the user does not want to wait
   * @param patience in milliseconds, where it is another than usual
   * @returns bytes of the journal that it has not had
   */
  async drain(signal?: AbortSignal, patience = this.#pace.patience): Promise<number> {
    this.#draining = true;
    this.#lastSuccess = performance.now();
    this.#failures = Math.min(1, this.#failures);
    this.#hurry.abort();
    const giveUp = () => this.#end.abort();
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    const watch = setInterval(() => {
      const waited = performance.now() - this.#lastSuccess;
      if (waited > patience * (this.#failures > 0 ? 1 : PATIENCE_WITH_THE_SLOW)) giveUp();
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
    // So that whoever makes it has made it before anything is told.
    await Promise.resolve();
    while (!this.#end.signal.aborted && !this.#stopped) {
      const pause = await this.#round();
      if (pause === 'end') break;
      await this.#pause(pause);
    }
    await this.#close();
  }

  /** Hands over one batch. @returns how long to wait before the next, or that there is no next */
  async #round(): Promise<number | 'end'> {
    try {
      const taken = await this.#takeSome();
      if (this.#failures > 0) this.options.told({ kind: 'works-again' });
      this.#failures = 0;
      this.#lastSuccess = performance.now();
      if (taken === 'all') return this.#draining ? 'end' : Infinity;
      return this.#draining || taken === 'full' ? 0 : this.#pace.every;
    } catch (error) {
      if (this.#end.signal.aborted) return 'end';
      return this.#failed(error);
    }
  }

  async #takeSome(): Promise<'all' | 'some' | 'full'> {
    const { journal, file, destination } = this.options;
    this.#cursor ??= await within(await readCursor(file, destination), journal);
    this.#news = false;
    const { records, end } = await readStretch(journal, this.#cursor.offset, MOST_RECORDS);
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
      this.options.told({ kind: 'stopped', problems: error.problems });
      return 'end';
    }
    const why = error instanceof Error ? error.message : String(error);
    if (this.#failures++ === 0) this.options.told({ kind: 'failing', why });
    const { firstPause, longestPause } = this.#pace;
    // Not all runs that lost the same server come back at the same moment.
    return Math.min(longestPause, firstPause * 2 ** (this.#failures - 1)) * (0.75 + Math.random() / 2);
  }

  /** Infinity: until there is more. */
  async #pause(ms: number): Promise<void> {
    // What came since the journal was looked at is seen in the next round.
    if (this.#failures === 0 && (this.#draining || (this.#news && ms === Infinity))) return;
    this.#hurry = new AbortController();
    this.#idle = ms === Infinity;
    const signal = AbortSignal.any([this.#hurry.signal, this.#end.signal]);
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
    cut = () => reject(new Error('Nobody waits any longer.'));
    if (signal.aborted) cut();
    else signal.addEventListener('abort', cut);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', cut!);
    // Whatever comes of it when nobody waits.
    work.catch(() => undefined);
  }
}
