import type { Config } from '../registry/config.js';
import type { ArtifactKind } from '../registry/kinds/stage.js';
import type { Broadcast } from './broadcast.js';
import type { EnvironmentFile } from './environment-file.js';
import type { Plan, ResolvedInput } from './planned-stage.js';
import type { RunRequest } from './run-request.js';

/** The arguments for running a stage, besides the decision. */
export interface StageRunContext extends Pick<RunRequest, 'components' | 'stageProcess' | 'stop' | 'stopNow'> {
  readonly plan: Plan;
  readonly config: Config;
  readonly broadcast: Broadcast;
  readonly environment: EnvironmentFile;
  /** Bytes that the store may take up. */
  readonly storeLimit: number;
  /** By artifact kind. */
  readonly inputs: Readonly<Record<ArtifactKind, ResolvedInput>>;
}
