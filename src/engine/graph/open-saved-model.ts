import type { Tensor } from '@tensorflow/tfjs-core';
import { nativeBackend } from '../backend.js';

export interface OpenSavedModel {
  /** Blocks until the outputs are there, which belong to the caller. Inputs and outputs by their place in the graph: `image:0`. */
  run(feeds: Readonly<Record<string, Tensor>>, refs: readonly string[]): Tensor[];
  dispose(): void;
}

/** Loads a SavedModel with its variables into a session of its own. @throws Error with TensorFlow's own words if it cannot */
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
