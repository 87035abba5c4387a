import type { OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { KEYS, LAMBDA, optionsOf, PLAIN, STAGE, SWEEP, TOP, TRACKING, TYPED } from './sections.js';

/** The config with an empty section for each that is absent, so that its options can take their defaults. */
export function withAllSections(config: JsonObject, defaultName: string | undefined): JsonObject {
  const sections = [...Object.keys(TYPED), ...Object.keys(PLAIN)].map((key) => [key, {}] as const);
  const loss = config.loss ?? {};
  const whole: Record<string, Json> = {
    ...Object.fromEntries(sections),
    tracking: TRACKING.default,
    sweep: {},
    ...config,
  };
  if (defaultName !== undefined && !('name' in whole)) whole.name = defaultName;
  if (isJsonObject(loss)) whole.loss = { lambda: {}, ...loss };
  return whole;
}

/**
 * The schema of one config: with the options of just those components that it names. So a message is about the chosen
 * type, and defaults can be filled in. (The schema for editors, which knows all types, is another: editor-schema.ts.)
 *
 * @param config with all sections there
 */
export function schemaFor(config: JsonObject, components: Components): JsonObject {
  const typed = Object.entries(TYPED).map(([key, { kind, defaultType, common }]) => [
    key,
    typedSection(config[key], kind, defaultType, common, components),
  ]);
  const plain = Object.entries(PLAIN).map(([key, { properties }]) => [key, section({ properties })]);
  const all = Object.fromEntries([...typed, ...plain]) as Record<string, JsonObject>;
  const properties: JsonObject = {
    ...TOP,
    ...all,
    loss: lossSection(config.loss),
    sweep: section(SWEEP),
    tracking: members(config.tracking, (name) => namedSection('tracker', name, {}, components)),
    stages: members(config.stages, (name, value) => typedSection(value, 'stage', name, STAGE, components)),
  };
  return { ...section({ properties, required: ['name'] }), 'x-keys': KEYS };
}

function typedSection(
  value: Json | undefined,
  kind: Kind,
  defaultType: string,
  common: OptionsSchema['properties'],
  components: Components,
): JsonObject {
  const type = isJsonObject(value) && value.type !== undefined ? value.type : defaultType;
  const typed = { ...common, type: { description: `The ${kind}.`, type: 'string', default: defaultType } };
  if (typeof type !== 'string') return { type: 'object', properties: { type: typed.type } };
  return { ...namedSection(kind, type, typed, components), 'x-type': type, 'x-kind': kind };
}

function namedSection(
  kind: Kind,
  name: string,
  common: OptionsSchema['properties'],
  components: Components,
): JsonObject {
  const options = optionsOf(components, kind, name);
  // An unknown name is complained about elsewhere; what its options would be, nobody knows.
  if (options === undefined) return { type: 'object', properties: common };
  return section({ properties: { ...options.properties, ...common }, required: options.required ?? [] });
}

function lossSection(loss: Json | undefined): JsonObject {
  const { lambda, ...properties } = PLAIN.loss!.properties;
  const both = isJsonObject(loss) && isJsonObject(loss.lambda);
  const expected = 'a number of at least 0, or {forward: 10, backward: 10}';
  const one = { ...lambda!, maximum: 1e6, expected };
  const schema = both ? { description: lambda!.description, ...section({ properties: LAMBDA }) } : one;
  return section({ properties: { ...properties, lambda: schema } });
}

function members(value: Json | undefined, schema: (name: string, value: Json) => JsonObject): JsonObject {
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  return { type: 'object', properties: Object.fromEntries(entries.map(([name, own]) => [name, schema(name, own)])) };
}

function section({ properties, required = [] }: { properties: JsonObject; required?: readonly string[] }): JsonObject {
  return { type: 'object', properties, required, additionalProperties: false };
}
