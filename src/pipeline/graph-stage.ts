import type { ArtifactKind, ConfigPath, RequiredParts, StageComponent } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';

/** One stage of an experiment, with its component and its wiring. */
export interface GraphStage {
  /** Its name in the config, also the name of its folder. */
  readonly name: string;
  /** The registered component. */
  readonly type: string;
  readonly component: StageComponent;
  /** The config paths that it reads and that count. */
  readonly reads: readonly ConfigPath[];
  /** All config paths that it may read. */
  readonly sees: readonly ConfigPath[];
  /** Those of them that its `identity` covers. */
  readonly coveredByIdentity: readonly ConfigPath[];
  /** The parts of its inputs that cannot change its result. */
  readonly unused: Readonly<Record<ArtifactKind, readonly string[]>>;
  /** The parts of its inputs that it cannot do without. */
  readonly requires: Readonly<Record<ArtifactKind, RequiredParts>>;
  /** The stage's own options: its section without `type` and `needs`. */
  readonly options: JsonObject;
  readonly needs: readonly string[];
  /** The stage that provides each consumed artifact. */
  readonly inputs: Readonly<Record<ArtifactKind, string>>;
  /** The parts of its result that the stages need which consume it. */
  readonly required: RequiredParts;
}

/** The stages in execution order: a stage follows those that it needs, otherwise in the config's order. */
export type StageGraph = readonly GraphStage[];

/** A stage that is not wired yet. */
export type UnwiredStage = Omit<GraphStage, 'inputs' | 'required'>;
