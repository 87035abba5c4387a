import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import { nativeBackend } from '../backend.js';
import type { GraphFunction, GraphNode } from './graph-def.js';
import { withModelFolder } from './model-folder.js';
import { encodeSavedModel } from './encode-saved-model.js';

/** Inputs by the names of their placeholders. */
export type SessionFeeds = Readonly<Record<string, Tensor>>;

/**
 * A TensorFlow session of a graph: it prunes, fuses and schedules the graph, and stores its variables between runs. It uses tfjs-node's
 * SavedModel functions, the only way of TensorFlow.js to run a graph.
 */
export class Session {
  readonly #id: number;

  /** @param functions that the nodes call */
  constructor(nodes: Iterable<GraphNode>, functions: readonly GraphFunction[] = []) {
    this.#id = withModelFolder((dir) => {
      writeFileSync(join(dir, 'saved_model.pb'), encodeSavedModel({ nodes, functions }));
      return nativeBackend().loadSavedModelMetaGraph(dir, 'serve');
    });
  }

  /** Blocks until the outputs at `refs` are computed; the caller owns them. */
  run(feeds: SessionFeeds, refs: readonly string[]): Tensor[] {
    const names = Object.keys(feeds).map((node) => ({ name: `${node}:0` }));
    const outputs = refs.map((ref) => (ref.includes(':') ? ref : `${ref}:0`));
    return nativeBackend().runSavedModel(this.#id, Object.values(feeds), names as never, outputs);
  }

  dispose(): void {
    nativeBackend().deleteSavedModel(this.#id);
  }
}
