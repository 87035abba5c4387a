import type { OptionsSchema } from '../registry/component.js';
import type { Components } from '../registry/kinds.js';
import { canonicalJson, type Json, type JsonObject } from '../support/json.js';
import type { Reference, Typed } from '../registry/config.js';
import type { ComponentAt } from './schema.js';

/**
 * Writes every component that an option names in its shortest form, in place, so that a config with explicit defaults equals one without
 * them.
 */
export function foldReferences(config: JsonObject, named: readonly ComponentAt[], components: Components): void {
  // Innermost first: the defaults of an outer component name its inner ones in short form.
  for (const { path, kind, name } of named.filter(({ isOption }) => isOption).reverse()) {
    const parent = path.slice(0, -1).reduce<Json>((at, key) => (at as JsonObject)[key]!, config) as Record<
      string,
      Json
    >;
    const key = path.at(-1)!;
    parent[key] = folded(parent[key] as Typed, components[kind].get(name).schema);
  }
}

/** The bare name if the reference has no other name and only default options; else all options, in the schema's order. */
export function folded(reference: Typed, { properties }: OptionsSchema): Reference {
  const { type, name } = reference;
  const keys = Object.keys(properties).filter((key) => reference[key] !== undefined);
  const named: JsonObject = name === undefined || name === type || 'name' in properties ? {} : { name };
  const isUsual = keys.every((key) => canonicalJson(reference[key]) === canonicalJson(properties[key]!['default']));
  if (isUsual && Object.keys(named).length === 0) return type;
  return { type, ...named, ...Object.fromEntries(keys.map((key) => [key, reference[key]!])) };
}
