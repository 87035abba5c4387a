import type { EngineVersions } from '../../engine/native.js';
import type { StageEvent } from '../../registry/kinds/stage-event.js';
import type { StageEnd } from '../stage-job.js';

/** Messages from the parent to a process that uses the engine. `job` is what it is to do: plain data. */
export type ToChild<Job = unknown> =
  | { readonly kind: 'run'; readonly job: Job }
  /** The user stops: finish the step, save, end. */
  | { readonly kind: 'stop' }
  /** All events before this `record` request are on the disk. */
  | { readonly kind: 'recorded'; readonly id: number }
  /** Of the job's own. */
  | { readonly kind: 'message'; readonly message: unknown };

/** Messages from such a process to its parent; `end` is the last. */
export type FromChild =
  | { readonly kind: 'event'; readonly time: number; readonly event: StageEvent }
  | { readonly kind: 'record'; readonly id: number }
  | { readonly kind: 'engine'; readonly versions: EngineVersions }
  /** Of the job's own. */
  | { readonly kind: 'message'; readonly message: unknown }
  | { readonly kind: 'end'; readonly end: StageEnd };
