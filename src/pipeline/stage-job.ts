import type { Config } from '../registry/config.js';
import type { ArtifactKind, RequiredParts, StageInput, StageResult } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';
import type { Failure } from './stage-failure.js';

/** The arguments of a stage's call, in this process or another: plain data. */
export interface StageJob {
  readonly config: Config;
  /** Its name in the graph, and its registered component. */
  readonly stage: string;
  readonly type: string;
  readonly options: JsonObject;
  /** The config paths that it may read. */
  readonly sees: readonly string[];
  /** The parts of its result that later stages need. */
  readonly required: RequiredParts;
  readonly dir: string;
  readonly inputs: Readonly<Record<ArtifactKind, StageInput>>;
  readonly parent?: StageInput;
  /** Folders of the stage's earlier results; see `earlier` of `StageContext`. */
  readonly earlier: readonly string[];
  readonly runName: string;
  readonly runDir: string;
}

/** How the call ended, in either process. */
export type StageEnd = StageResult | Failure;
