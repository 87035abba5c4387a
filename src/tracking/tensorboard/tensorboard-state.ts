import { isJsonObject, type Json } from '../../support/json.js';
import type { KeptFile } from './event-files.js';
import type { SessionEnding } from './hparams.js';
import type { StageSteps } from './stage-restarts.js';

/** The tracker's state between two batches. */
export type TensorBoardState = {
  readonly files: readonly KeptFile[];
  /** Whether the run's texts, hyperparameters and layout are written. */
  readonly begun: boolean;
  readonly ending: (SessionEnding & { readonly [key: string]: Json }) | null;
  readonly stages: Readonly<Record<string, StageSteps>>;
};

/** @returns an empty state if there is none, or none that this version can read: then everything is written again */
export function stateOf(kept: Json | undefined): TensorBoardState {
  return isState(kept) ? kept : { files: [], begun: false, ending: null, stages: {} };
}

function isState(kept: Json | undefined): kept is Json & TensorBoardState {
  return isJsonObject(kept) && Array.isArray(kept['files']) && isJsonObject(kept['stages']) && 'ending' in kept;
}
