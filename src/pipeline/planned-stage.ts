import type { StageInput } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';
import type { FingerprintParts } from './fingerprint.js';
import type { GraphStage } from './graph-stage.js';

/** The run and the stages of a config, without regard to existing results. */
export interface Plan {
  readonly runsRoot: string;
  readonly runName: string;
  /** Its folder, which has the run's earlier name until it is renamed. */
  readonly runDir: string;
  readonly stages: readonly PlannedStage[];
}

/** A stage with its identity, which is known before it runs. */
export interface PlannedStage extends GraphStage {
  readonly fingerprint: string;
  readonly parts: FingerprintParts;
  /** Config that it reads and that changes no result, such as the number of kept checkpoints. */
  readonly bookkeeping: JsonObject;
  /** The defaults of the same config: what a record holds for that did not have it yet. */
  readonly defaultBookkeeping: JsonObject;
  /** The folder of its result, which may not exist yet. */
  readonly dir: string;
  /** The result of `--from`, for a stage that continues it. */
  readonly parent?: ResolvedInput;
}

/** An existing result, for a stage that consumes it. */
export interface ResolvedInput extends StageInput {
  /** Distinguishes it from others of the same fingerprint: `made` in its stage.json. */
  readonly resultId: string;
}
