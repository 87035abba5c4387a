import type { EngineVersions } from '../engine/native.js';
import type { StageEvent } from '../registry/kinds/stage-event.js';

/** What a stage that is called is to do and may say, whichever process calls it. */
export interface Supervision {
  /** Ask the stage to stop, and to keep what it has. */
  readonly stop: AbortSignal;
  /** End its process at once. */
  readonly stopNow: AbortSignal;
  onEvent(event: StageEvent, time: number): void;
  /** Puts on the disk what was told so far. @returns whether that was possible */
  record(): boolean;
  /** What the engine is, once the stage has loaded it. */
  onEngine(versions: EngineVersions): void;
}
