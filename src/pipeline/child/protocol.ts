import type { EngineVersions } from '../../engine/native.js';
import type { StageEvent } from '../../registry/kinds/stage-event.js';
import type { StageEnd, StageJob } from '../stage-job.js';

/** What the parent tells the process of a stage. */
export type ToChild =
  | { readonly kind: 'run'; readonly job: StageJob }
  /** The user wants to stop: finish the step, save, end. */
  | { readonly kind: 'stop' }
  /** What was told before the request of this number is on the disk. */
  | { readonly kind: 'recorded'; readonly id: number };

/** What the process of a stage tells its parent; `end` is the last. */
export type FromChild =
  | { readonly kind: 'event'; readonly time: number; readonly event: StageEvent }
  | { readonly kind: 'record'; readonly id: number }
  | { readonly kind: 'engine'; readonly versions: EngineVersions }
  | { readonly kind: 'end'; readonly end: StageEnd };
