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
  /** Where a relative path in `from` starts. */
  readonly cwd: string;
}

export interface RunRequest extends PlanRequest {
  readonly stageProcess: Program['stageProcess'];
  readonly selection: Selection;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  /** Aborted by the first Ctrl-C: finish the step, save, stop. Aborted by the second: stop. */
  readonly stop: AbortSignal;
  readonly stopNow: AbortSignal;
  /** For environment.json, as `cwd` is. */
  readonly command: readonly string[];
  /** Bytes that the results of shared stages may take up together, those of other runs included; Infinity for no limit. */
  readonly storeLimit?: number;
  /** What trackers may look at for servers and passwords. */
  readonly env: NodeJS.ProcessEnv;
  readonly listen: Listener;
}
