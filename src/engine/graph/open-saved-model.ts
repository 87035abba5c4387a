import type { Tensor } from '@tensorflow/tfjs-core';
import { nativeBackend } from '../backend.js';

export interface OpenSavedModel {
  /** Blocks until the outputs are computed, which the caller owns. Inputs and outputs are named by their reference in the graph: `image:0`. */
  run(feeds: Readonly<Record<string, Tensor>>, refs: readonly string[]): Tensor[];
  dispose(): void;
}

/** Loads a SavedModel with its variables into a new session. @throws Error with TensorFlow's message if it cannot */
export function openSavedModel(dir: string): OpenSavedModel {
  const backend = nativeBackend();
  const id = backend.loadSavedModelMetaGraph(dir, 'serve');
  return {
    run(feeds, refs) {
      const names = Object.keys(feeds).map((name) => ({ name }));
      return backend.runSavedModel(id, Object.values(feeds), names as never, [...refs]);
    },
    dispose: () => backend.deleteSavedModel(id),
  };
}
