import type { OptionSchema, OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { LOSS, MEMBERS, NAMED, TOP, TYPED } from './core-sections.js';
import { membersOf, plainSections } from './sections.js';
import { SWEEP } from './sweep-section.js';

/**
 * The JSON schema (draft 7) of every config that these components allow, for editors. It accepts a little more than
 * `run`: nothing is required, because a file may extend another one, and a section without a `type` may have the
 * options of all types.
 */
export function editorSchema(components: Components): JsonObject {
  const typed = Object.entries(TYPED).map(([key, { kind, defaultType, description, common }]) => {
    const type = { description: `The ${kind}; its options follow in the same section.`, default: defaultType };
    return [key, { description, ...withTypes(components, kind, common, type) }] as const;
  });
  const plain = Object.entries(plainSections(components)).map(([key, { description, properties }]) => {
    const named = Object.entries(properties).map(([name, option]) => [name, withNames(option, components)]);
    return [key, { description, ...closed(Object.fromEntries(named) as JsonObject) }] as const;
  });
  const sections: Record<string, JsonObject> = Object.fromEntries([...typed, ...plain]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'An experiment of the runner',
    ...closed({
      extends: { description: 'The config that this one extends: a path relative to this file.', type: 'string' },
      ...tidy(TOP),
      ...sections,
      loss: lossSection(components),
      sweep: { description: SWEEP.description, ...closed(tidy(SWEEP.properties)) },
      tracking: tracking(components),
      stages: stages(components),
    }),
  };
}

/** A section with `type`, which determines its other keys. */
function withTypes(
  components: Components,
  kind: Kind,
  common: OptionsSchema['properties'],
  type: JsonObject,
  nullable = false,
): JsonObject {
  const members = optionsByName(components, kind);
  const names = members.map(([name]) => name);
  const branch = (condition: JsonObject, properties: JsonObject) => ({ if: condition, then: closed(properties) });
  const own = { ...tidy(common), type: { ...type, enum: names } };
  const any = Object.assign({}, ...members.map(([, options]) => loose(options.properties))) as JsonObject;
  const typed = members.map(([name, { properties }]) =>
    branch({ properties: { type: { const: name } }, required: ['type'] }, { ...tidy(properties), ...own }),
  );
  const section = {
    type: nullable ? ['object', 'null'] : 'object',
    properties: { type: own.type },
    allOf: [branch({ not: { required: ['type'] } }, { ...any, ...own }), ...typed].map(({ if: condition, then }) => ({
      if: { type: 'object', ...condition },
      then,
    })),
  };
  return { anyOf: [section, { enum: names }] };
}

/** An entry with a tracker's name has that type; other entries need a `type`. */
function tracking(components: Components): JsonObject {
  const { description, default: initial, common } = MEMBERS.tracking;
  const own = optionsByName(components, 'tracker').map(([name, { properties }]) => {
    const type = { ...common.type, enum: [name] };
    const { summary } = components.tracker.get(name);
    return [name, { description: summary, ...closed(tidy({ ...properties, type })), type: ['object', 'null'] }];
  });
  const others = naming(withTypes(components, 'tracker', {}, common.type, true));
  return {
    description,
    default: initial,
    ...closed(Object.fromEntries(own) as JsonObject),
    additionalProperties: others,
  };
}

function stages(components: Components): JsonObject {
  const { description, default: initial, common } = MEMBERS.stages;
  const { type, ...others } = common;
  const stage = withTypes(components, 'stage', others, type, true);
  return { description, default: initial, type: 'object', additionalProperties: stage };
}

/** Requires a type in the section, one of the two ways to name a component ({@link withTypes}). */
function naming({ anyOf }: JsonObject): JsonObject {
  const [section, names] = anyOf as [JsonObject, JsonObject];
  return { anyOf: [{ ...section, required: ['type'] }, names] };
}

/** The options of all methods, since the method may be named in the file that this one extends. */
function lossSection(components: Components): JsonObject {
  const options: Record<string, JsonObject> = {};
  for (const [, { loss }] of components.method) {
    for (const [name, option] of Object.entries(loss.properties)) options[name] ??= lossOption(option, components);
  }
  return { ...LOSS, ...closed(options) };
}

/** One value for all members, or one for each. */
function lossOption(option: OptionSchema, components: Components): JsonObject {
  const members = membersOf(option);
  if (members === undefined) return withNames(option, components);
  const { description, default: initial, ...one } = clean(option);
  return { description: description!, default: initial!, anyOf: [one, closed(members)] };
}

/** Adds the registered components, and the options of each, to an option that names components. */
function withNames(option: JsonObject, components: Components): JsonObject {
  const { 'x-kind': kind, type, ...rest } = option;
  if (kind === undefined) return clean(option);
  const described = { description: `The ${kind as Kind}; its options follow in the same section.` };
  const isNullable = Array.isArray(type) && type.includes('null');
  if (type !== 'array') return { ...clean(rest), ...withTypes(components, kind as Kind, {}, described, isNullable) };
  const own = Object.fromEntries(Object.entries(clean(rest)).filter(([key]) => key !== 'items'));
  const list = { type: 'array', items: naming(withTypes(components, kind as Kind, NAMED, described)) };
  // A section instead of a list changes options of members of the extended list, by name.
  return { ...own, anyOf: [list, { type: 'object', additionalProperties: { type: 'object' } }] };
}

function optionsByName(components: Components, kind: Kind): (readonly [string, OptionsSchema])[] {
  const members = components[kind] as Iterable<readonly [string, { readonly schema: OptionsSchema }]>;
  return [...members].map(([name, { schema }]) => [name, schema]);
}

function closed(properties: JsonObject): JsonObject {
  return { type: 'object', properties, additionalProperties: false };
}

/** Types may use one key for different options; without a type, editors get only the descriptions. */
function loose(properties: OptionsSchema['properties']): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([key, { description }]) => [key, { description }]));
}

function tidy(properties: OptionsSchema['properties']): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([key, option]) => [key, clean(option)]));
}

/** Removes the keywords that only this program reads, also in items, members and alternatives of an option. */
function clean(option: JsonObject): JsonObject {
  const isOwn = (key: string) =>
    key === 'expected' || key.startsWith('x-') || (key === 'format' && option.format === 'path');
  const inner = (key: string, value: Json): Json => {
    if ((key === 'items' || key === 'additionalProperties') && isJsonObject(value)) return clean(value);
    if (key === 'properties' && isJsonObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, clean(each as JsonObject)]));
    }
    return (key === 'anyOf' || key === 'oneOf') && Array.isArray(value) ? (value as JsonObject[]).map(clean) : value;
  };
  const kept = Object.entries(option).filter(([key]) => !isOwn(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, inner(key, value)]));
}
