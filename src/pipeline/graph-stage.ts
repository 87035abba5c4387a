import type { ArtifactKind, ConfigPath, StageComponent } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';

/** One stage of an experiment, with what it is and what it is wired to. */
export interface GraphStage {
  /** Its name in the config, and its folder's. */
  readonly name: string;
  /** The registered component. */
  readonly type: string;
  readonly component: StageComponent;
  /** The config paths that it sees. */
  readonly reads: readonly ConfigPath[];
  /** Of these, what its `identity` tells better. */
  readonly coveredByIdentity: readonly ConfigPath[];
  /** The stage's own options: its section without `type` and `needs`. */
  readonly options: JsonObject;
  readonly needs: readonly string[];
  /** Which stage each consumed artifact comes from. */
  readonly inputs: Readonly<Record<ArtifactKind, string>>;
}

/** The stages in an order in which they can run: what a stage needs comes before it, otherwise as in the config. */
export type StageGraph = readonly GraphStage[];

/** A stage that is not wired yet. */
export type UnwiredStage = Omit<GraphStage, 'inputs'>;
