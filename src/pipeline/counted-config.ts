import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Config } from '../config/config.js';
import { everyOption, notFingerprinted } from '../config/every-option.js';
import type { Components } from '../registry/kinds.js';
import { errorCode } from '../support/files.js';
import { sha256File } from '../support/hash.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { dropPasswords } from '../support/passwords.js';
import { filesIn, hashOfFiles } from './folder-content.js';
import { omit } from './view.js';

/** What never changes a result, wherever it is read. Plugins count by the components that are used of them: see plugin-use.ts. */
const LABELS = ['name', 'tracking', 'launcher', 'engine.mode', 'plugins'];

/**
 * The config as far as it can change a result: without labels, trackers, bookkeeping and passwords. A path counts by what lies there,
 * never by where that is, so that work which is moved or copied is found again.
 */
export async function countedConfig(config: Config, components: Components): Promise<JsonObject> {
  const options = everyOption(config, components).filter(({ schema }) => isPath(schema));
  let counted = omit(config as unknown as JsonObject, [...LABELS, ...notFingerprinted(config, components)]);
  for (const { path, value } of options) {
    if (value === undefined || value === null) continue;
    // The source's identity says what its paths mean.
    const content = path[0] === 'dataset' ? nameOnly(value) : await contentOf(value);
    counted = withValue(counted, path, content);
  }
  return dropPasswords(counted);
}

function withValue(object: JsonObject, [key, ...rest]: readonly string[], value: Json): JsonObject {
  const inner = object[key!];
  return { ...object, [key!]: rest.length > 0 && isJsonObject(inner) ? withValue(inner, rest, value) : value };
}

function isPath(schema: JsonObject): boolean {
  return schema['format'] === 'path' || (isJsonObject(schema['items']) && schema['items']['format'] === 'path');
}

function nameOnly(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(nameOnly);
  return typeof value === 'string' ? { name: basename(value) } : value;
}

async function contentOf(value: Json): Promise<Json> {
  if (Array.isArray(value)) return Promise.all((value as readonly Json[]).map(contentOf));
  if (typeof value !== 'string') return value;
  try {
    const isFolder = (await stat(value)).isDirectory();
    return { sha256: isFolder ? await hashOfFiles(value, await filesIn(value)) : await sha256File(value) };
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    // Whoever reads it says what is wrong with it.
    return { missing: basename(value) };
  }
}
