import type { EngineVersions } from '../engine/native.js';
import type { StageEvent } from '../registry/kinds/stage-event.js';

/** Signals to a called stage and its callbacks, in either process. */
export interface Supervision {
  /** Asks the stage to save and stop. */
  readonly stop: AbortSignal;
  /** Ends its process at once. */
  readonly stopNow: AbortSignal;
  onEvent(event: StageEvent, time: number): void;
  /** Flushes all events so far to the disk. @returns whether that succeeded */
  record(): boolean;
  /** Called when the stage has loaded the engine. */
  onEngine(versions: EngineVersions): void;
}

/** Messages of a job's own with the process that does it, besides its events: plain data. */
export interface Conversation {
  /** Called once, with what sends a message; one to a process that has ended is lost. */
  onOpen(send: (message: unknown) => void): void;
  onMessage(message: unknown): void;
}
