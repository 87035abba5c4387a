import type { Components } from '../registry/kinds.js';
import type { Program } from '../registry/program.js';
import type { Selection } from './decision.js';
import type { Experiment } from './experiment.js';
import type { Listener } from './runner-events.js';

export interface PlanRequest {
  readonly experiment: Experiment;
  readonly components: Components;
  /** Absolute. */
  readonly runsRoot: string;
  /** `--from`: a run's folder, name or the beginning of its name, or one of its folders. */
  readonly from?: string;
  /** The base of a relative path in `from`. */
  readonly cwd: string;
}

export interface RunRequest extends PlanRequest {
  readonly stageProcess: Program['stageProcess'];
  readonly selection: Selection;
  /** Only report what would be done. */
  readonly dryRun: boolean;
  /** Aborted by the first Ctrl-C: finish the step, save, stop. */
  readonly stop: AbortSignal;
  /** Aborted by the second Ctrl-C: stop at once. */
  readonly stopNow: AbortSignal;
  /** For environment.json, like `cwd`. */
  readonly command: readonly string[];
  /** The most bytes for the results of all runs' shared stages; Infinity for no limit. */
  readonly storeLimit?: number;
  /** Where trackers read servers and passwords. */
  readonly env: NodeJS.ProcessEnv;
  readonly listen: Listener;
}
