import { basename } from 'node:path';
import type { Config, Typed } from '../registry/config.js';
import { isNeutral, neutral, notFingerprintedPaths, ownOptions } from '../config/every-option.js';
import { folded } from '../config/fold-references.js';
import { isReference } from '../config/reference.js';
import type { OptionSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { dropPasswords } from '../support/passwords.js';
import { omit } from './view.js';

/** Paths that never change a result. Plugins count by their components that are used: see plugin-use.ts. */
const LABELS = ['name', 'tracking', 'launcher', 'engine.mode', 'plugins'];

/**
 * The part of the config that can change a result: without labels, trackers, bookkeeping and passwords. Of a path only the last part counts,
 * so that moved or copied work is found again; the content of files counts through a stage's `identity`.
 */
export function countedConfig(config: Config, components: Components): JsonObject {
  let counted = omit(config as unknown as JsonObject, [
    ...LABELS,
    ...notFingerprintedPaths(config, components),
    ...neutral(config, components),
  ]);
  for (const { path, schema, value } of ownOptions(config, components)) {
    if (schema['x-not-fingerprinted'] === true) continue;
    const own = value === undefined ? undefined : countedValue(schema, value, components);
    if (own !== value) counted = withValue(counted, path, own!);
  }
  return dropPasswords(counted);
}

/** The counted part of an option. A component whose other options have their defaults is reduced to its name. */
function countedValue(schema: OptionSchema, value: Json, components: Components): Json {
  if (isPath(schema)) return nameOnly(value);
  const kind = schema['x-kind'] as Kind | undefined;
  if (kind === undefined) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((each) => countedReference(each, kind, components));
  return countedReference(value, kind, components);
}

function countedReference(reference: Json, kind: Kind, components: Components): Json {
  if (typeof reference === 'string' || !isReference(reference)) return reference;
  const { schema } = components[kind].get(reference.type);
  const counted = Object.entries(schema.properties).filter(([key, option]) => {
    return option['x-not-fingerprinted'] !== true && !isNeutral(option, reference[key]);
  });
  const options = counted.map(([key, option]) => {
    const value = reference[key];
    return [key, value === undefined ? value : countedValue(option, value, components)] as const;
  });
  return folded({ ...reference, ...Object.fromEntries(options) } as Typed, { properties: Object.fromEntries(counted) });
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
