import { basename } from 'node:path';
import type { Config } from '../config/config.js';
import { everyOption, notFingerprinted } from '../config/every-option.js';
import type { Components } from '../registry/kinds.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { dropPasswords } from '../support/passwords.js';
import { omit } from './view.js';

/** What never changes a result, wherever it is read. Plugins count by the components that are used of them: see plugin-use.ts. */
const LABELS = ['name', 'tracking', 'launcher', 'engine.mode', 'plugins'];

/**
 * The config as far as it can change a result: without labels, trackers, bookkeeping and passwords. A path counts by its last part, never by
 * where that lies, so that work which is moved or copied is found again; what a file holds counts where a stage's `identity` says it.
 */
export function countedConfig(config: Config, components: Components): JsonObject {
  const options = everyOption(config, components).filter(({ schema }) => isPath(schema));
  let counted = omit(config as unknown as JsonObject, [...LABELS, ...notFingerprinted(config, components)]);
  for (const { path, value } of options) {
    if (value !== undefined) counted = withValue(counted, path, nameOnly(value));
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
  return typeof value === 'string' ? basename(value) : value;
}
