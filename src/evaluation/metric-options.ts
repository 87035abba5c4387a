import { basename } from 'node:path';
import { isReference, typeOf } from '../config/reference.js';
import type { Reference } from '../registry/config.js';
import type { Components } from '../registry/kinds.js';
import { sha256 } from '../support/hash.js';
import { canonicalJson, type Json, type JsonObject } from '../support/json.js';

/** Keys of a reference that are no options. */
const NAMES = ['type', 'name'];

type Known = Pick<Components, 'metric' | 'extractor'>;

/**
 * A short hash of what a metric's options say of its values, recorded beside them: only values of the same hash are comparable. Options that
 * have their defaults do not count, so that an option added later changes no hash; of a path only the last part counts, as the content of
 * files is recorded with the stage.
 */
export function optionsHash(components: Known, reference: Reference): string {
  return sha256(counted(components, 'metric', reference)).slice(0, 12);
}

function counted(components: Known, kind: keyof Known, reference: Reference): JsonObject {
  const type = typeOf(reference);
  const given: JsonObject = typeof reference === 'string' ? {} : reference;
  const { properties } = components[kind].get(type).schema;
  // Options that another version has had count as they are given.
  const keys = new Set([...Object.keys(properties), ...Object.keys(given)].filter((key) => !NAMES.includes(key)));
  const options = [...keys].flatMap((key) => {
    const option: JsonObject = properties[key] ?? {};
    const value = given[key] === undefined ? option.default : given[key];
    if (value === undefined || option['x-not-fingerprinted'] === true) return [];
    if (option['x-kind'] === 'extractor' && isReference(value)) {
      return [[key, counted(components, 'extractor', value)] as const];
    }
    if (canonicalJson(value) === canonicalJson(option.default)) return [];
    return [[key, option.format === 'path' ? lastPart(value) : value] as const];
  });
  return { type, ...Object.fromEntries<Json>(options) };
}

function lastPart(path: Json): Json {
  return typeof path === 'string' ? basename(path) : path;
}
