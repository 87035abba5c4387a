import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeSavedModelMessage } from './graph-messages.js';
import { withModelFolder } from './model-folder.js';
import { openSavedModel, type OpenSavedModel } from './open-saved-model.js';

/** Numbers of fields: SavedModel's meta_graphs, MetaGraphDef's meta_info_def and graph_def, MetaInfoDef's tags. */
const FIELD = { metaGraphs: 2, metaInfo: 1, tags: 4, graphDef: 2 } as const;

/**
 * Loads a frozen TensorFlow graph (a serialized GraphDef without variables) into a new session. Its bytes become the graph of a SavedModel
 * as they are, with the version that they declare: TensorFlow still runs ops of old graphs that it refuses in new ones. Any tensor of
 * the graph can be fed and fetched.
 *
 * @throws Error with TensorFlow's message if it cannot
 */
export function openFrozenGraph(graph: Uint8Array): OpenSavedModel {
  const info = field(FIELD.metaInfo, field(FIELD.tags, Buffer.from('serve')));
  const metaGraph = field(FIELD.metaGraphs, Buffer.concat([info, field(FIELD.graphDef, graph)]));
  const version = encodeSavedModelMessage({ savedModelSchemaVersion: 1, metaGraphs: [] });
  return withModelFolder((dir) => {
    writeFileSync(join(dir, 'saved_model.pb'), Buffer.concat([version, metaGraph]));
    return openSavedModel(dir);
  });
}

/** A field of a protocol buffer that holds bytes or a message: its number and type, its length, its content. */
function field(number: number, content: Uint8Array): Buffer {
  const length: number[] = [];
  let rest = content.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) | 128);
  return Buffer.concat([Buffer.of((number << 3) | 2), Buffer.of(...length, rest), content]);
}
