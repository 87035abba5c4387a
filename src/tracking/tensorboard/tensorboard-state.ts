import { isJsonObject, type Json } from '../../support/json.js';
import type { KeptFile } from './event-files.js';
import type { SessionEnding } from './hparams.js';
import type { StageSteps } from './restarts.js';

/** What the tracker keeps from one batch to the next. */
export type TensorBoardState = {
  readonly files: readonly KeptFile[];
  /** Whether the run's texts, its hyperparameters and its layout are written. */
  readonly begun: boolean;
  readonly ending: (SessionEnding & { readonly [key: string]: Json }) | null;
  readonly stages: Readonly<Record<string, StageSteps>>;
};

/** @returns a state of nothing where there is none, or none that this version can read: then all is written anew */
export function stateOf(kept: Json | undefined): TensorBoardState {
  return isState(kept) ? kept : { files: [], begun: false, ending: null, stages: {} };
}

function isState(kept: Json | undefined): kept is Json & TensorBoardState {
  return isJsonObject(kept) && Array.isArray(kept['files']) && isJsonObject(kept['stages']) && 'ending' in kept;
}
