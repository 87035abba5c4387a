import type { StageEvent, Tracker } from '../registry/kinds/tracker.js';
import type { Listener, RunnerEvent } from './events.js';
import type { Journal } from './journal.js';
import { record } from './journal-record.js';
import { type Failure, failureOf } from './failure.js';

/**
 * Brings every event of a run to the journal first, then to the trackers and whoever else listens. A journal that cannot be written
 * ends the run: `broken` is aborted, and `failure` says why.
 */
export class Broadcast {
  readonly #broken = new AbortController();
  #failure: Failure | undefined;

  constructor(
    private readonly journal: Journal,
    private readonly trackers: Tracker,
    private readonly listen: Listener,
  ) {}

  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  emit(event: RunnerEvent): void {
    this.#record(event);
    if (event.kind === 'stage-event') this.trackers.on(event.tracked);
    this.listen(event);
  }

  /** Tells what a stage has told. */
  track(stage: string, event: StageEvent, time: number): void {
    this.emit({ kind: 'stage-event', tracked: { stage, time, event } });
  }

  /** Puts on the disk what was told so far. @returns whether that was possible */
  sync(): boolean {
    this.#guarded(() => this.journal.sync());
    return this.#failure === undefined;
  }

  #record(event: RunnerEvent): void {
    this.#guarded(() => record(this.journal, event));
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
