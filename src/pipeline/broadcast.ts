import type { StageEvent } from '../registry/kinds/stage-event.js';
import type { Listener, RunnerEvent } from './runner-events.js';
import type { Journal } from './journal.js';
import { record } from './journal-record.js';
import { type Failure, failureOf } from './stage-failure.js';
import type { TrackerFeeds } from './tracking/tracker-feeds.js';

/**
 * Sends every event of a run to the journal first, which feeds the trackers, then to the listener. A journal that cannot be written ends the
 * run: `broken` is aborted, and `failure` holds the reason.
 */
export class Broadcast {
  readonly #broken = new AbortController();
  #failure: Failure | undefined;

  constructor(
    private readonly journal: Journal,
    private readonly feeds: Pick<TrackerFeeds, 'wake'>,
    private readonly listen: Listener,
  ) {}

  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  readonly emit = (event: RunnerEvent): void => {
    this.#guarded(() => {
      if (record(this.journal, event)) this.feeds.wake();
    });
    this.listen(event);
  };

  /** Forwards an event of a stage. */
  track(stage: string, event: StageEvent, time: number): void {
    this.emit({ kind: 'stage-event', tracked: { stage, time, event } });
  }

  /** Flushes all events so far to the disk. @returns whether that succeeded */
  sync(): boolean {
    this.#guarded(() => this.journal.sync());
    return this.#failure === undefined;
  }

  #guarded(write: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      write();
    } catch (error) {
      this.#failure = failureOf(error, 'The journal');
      this.#broken.abort();
    }
  }
}
