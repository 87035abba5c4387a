import type { StageInput } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';
import type { FingerprintParts } from './fingerprint.js';
import type { GraphStage } from './graph-stage.js';

/** What a config stands for, before looking at what is there already. */
export interface Plan {
  readonly runsRoot: string;
  readonly runName: string;
  /** Its folder; of another name while the run has another, until it is renamed. */
  readonly runDir: string;
  readonly stages: readonly PlannedStage[];
}

/** A stage with its identity: what it will make is known before anything is made. */
export interface PlannedStage extends GraphStage {
  readonly fingerprint: string;
  readonly parts: FingerprintParts;
  /** The config that it reads and that changes no result, such as how many checkpoints are kept. */
  readonly bookkeeping: JsonObject;
  /** Where its result lies, or will. */
  readonly dir: string;
  /** `--from`, for a stage that goes on from it. */
  readonly parent?: ResolvedInput;
}

/** A result that is there, for a stage that consumes it. */
export interface ResolvedInput extends StageInput {
  /** What tells it from another of the same fingerprint: `made` in its stage.json. */
  readonly resultId: string;
}
