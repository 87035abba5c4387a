import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import { nativeBackend } from '../backend.js';
import type { GraphNode } from './graph-def.js';
import { withModelFolder } from './model-folder.js';
import { encodeSavedModel } from './proto.js';

/** Inputs by the name of their placeholder. */
export type SessionFeeds = Readonly<Record<string, Tensor>>;

/**
 * A TensorFlow session over a graph: it prunes, fuses and schedules the graph, and keeps its variables from run to run. Made through
 * tfjs-node's SavedModel functions, the one way that TensorFlow.js has to run a graph.
 */
export class Session {
  readonly #id: number;

  constructor(nodes: Iterable<GraphNode>) {
    this.#id = withModelFolder((dir) => {
      writeFileSync(join(dir, 'saved_model.pb'), encodeSavedModel({ nodes }));
      return nativeBackend().loadSavedModelMetaGraph(dir, 'serve');
    });
  }

  /** Blocks until the outputs at `refs` are there; the caller owns them. */
  run(feeds: SessionFeeds, refs: readonly string[]): Tensor[] {
    const names = Object.keys(feeds).map((node) => ({ name: `${node}:0` }));
    const outputs = refs.map((ref) => (ref.includes(':') ? ref : `${ref}:0`));
    return nativeBackend().runSavedModel(this.#id, Object.values(feeds), names as never, outputs);
  }

  dispose(): void {
    nativeBackend().deleteSavedModel(this.#id);
  }
}
