import type { OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { MEMBERS, NAMED, TOP, TYPED, type MembersSection, type TypedSection } from './core-sections.js';
import { keysOf, lossOptions, membersOf, optionsOf, plainSections } from './sections.js';
import { SWEEP } from './sweep-section.js';
import type { Path } from './config-tree.js';

/** Adds an empty section for each absent one, so that its options get their defaults. */
export function withAllSections(
  config: JsonObject,
  defaultName: string | undefined,
  components: Components,
): JsonObject {
  const sections = [...Object.keys(TYPED), ...Object.keys(plainSections(components))].map((key) => [key, {}] as const);
  const loss = config.loss ?? {};
  const whole: Record<string, Json> = {
    ...Object.fromEntries(sections),
    tracking: MEMBERS.tracking.default,
    sweep: {},
    ...config,
  };
  if (defaultName !== undefined && !('name' in whole)) whole.name = defaultName;
  if (isJsonObject(loss)) whole.loss = { ...emptyMembers(lossOptions(components, config.method)), ...loss };
  return whole;
}

/**
 * The schema of one config, with the options of only the components that it names. So messages refer to the chosen
 * type, and defaults can be filled in. (editor-schema.ts has the schema for editors, with all types.)
 *
 * @param config with all sections present
 */
export function schemaFor(config: JsonObject, components: Components): JsonObject {
  const typed = Object.entries(TYPED).map(([key, section]) => [key, typedSection(config[key], section, components)]);
  const plain = Object.entries(plainSections(components)).map(([key, { properties }]) => [
    key,
    section({ properties: withReferences(properties, config[key], components) }),
  ]);
  const all = Object.fromEntries([...typed, ...plain]) as Record<string, JsonObject>;
  const properties: JsonObject = {
    ...TOP,
    ...all,
    loss: lossSection(config.loss, lossOptions(components, config.method), components),
    sweep: section(SWEEP),
    ...Object.fromEntries(
      Object.entries(MEMBERS).map(([key, section]) => [key, membersSection(config[key], section, components)]),
    ),
  };
  return { ...section({ properties, required: ['name'] }), 'x-keys': keysOf(components) };
}

function typedSection(
  value: Json | undefined,
  { kind, defaultType, common, impliesType }: Omit<TypedSection, 'description'> & Pick<MembersSection, 'impliesType'>,
  components: Components,
): JsonObject {
  const type = isJsonObject(value) && value.type !== undefined ? value.type : defaultType;
  const named = { description: `The ${kind}.`, type: 'string' };
  const typed = { ...common, type: impliesType === true ? named : { ...named, default: defaultType } };
  if (typeof type !== 'string') return { type: 'object', properties: { type: typed.type } };
  const section = namedSection({ kind, name: type, isOption: false }, typed, value, components);
  return impliesType === true && type === defaultType ? section : { ...section, 'x-type': type };
}

/** Marks a section's schema with the component whose options it has. */
export interface ComponentMark extends JsonObject {
  readonly kind: Kind;
  readonly name: string;
  /** Whether it is a value of an option (`x-kind`), not a section of the config. */
  readonly isOption: boolean;
}

/** A component that a config names, with the path of the section of its options. */
export interface ComponentAt extends Pick<ComponentMark, 'kind' | 'name' | 'isOption'> {
  readonly path: Path;
  /** Whether it is in a list. */
  readonly listed: boolean;
}

/** Every component that a config names, according to {@link schemaFor}; nested components follow the ones that name them. */
export function componentsIn(schema: JsonObject, path: Path = [], listed = false): ComponentAt[] {
  const mark = schema['x-component'] as ComponentMark | undefined;
  const items = Array.isArray(schema.items) ? (schema.items as readonly JsonObject[]) : [];
  const properties = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  return [
    ...(mark === undefined ? [] : [{ ...mark, path, listed }]),
    ...items.flatMap((item, i) => componentsIn(item, [...path, String(i)], true)),
    ...properties.flatMap(([key, option]) => componentsIn(option as JsonObject, [...path, key])),
  ];
}

function namedSection(
  mark: ComponentMark,
  common: OptionsSchema['properties'],
  value: Json | undefined,
  components: Components,
): JsonObject {
  const options = optionsOf(components, mark.kind, mark.name);
  // An unknown name is reported elsewhere; its options are unknown, so any are accepted.
  if (options === undefined) return { type: 'object', properties: common, 'x-component': mark };
  const properties = { ...withReferences(options.properties, value, components), ...common };
  return { ...section({ properties, required: options.required ?? [] }), 'x-component': mark };
}

/** The options of a section, and of the components that its values name. @param value with names as `{type: name}` */
function withReferences(
  properties: OptionsSchema['properties'],
  value: Json | undefined,
  components: Components,
): OptionsSchema['properties'] {
  return Object.fromEntries(
    Object.entries(properties).map(([key, { 'x-kind': kind, ...option }]) => {
      const own = isJsonObject(value) ? value[key] : undefined;
      if (kind === undefined) return [key, option];
      const member = (each: Json, common: OptionsSchema['properties']) =>
        referenceSection(each, kind as Kind, common, components);
      if ((own ?? null) === null && isNullable(option)) return [key, { ...option, type: 'null' }];
      if (option.type !== 'array') {
        const expected = isNullable(option) && { expected: 'a name, {type: name, ...} or null' };
        return [key, { ...option, ...member(own ?? null, {}), ...expected }];
      }
      return [
        key,
        { ...option, items: Array.isArray(own) && own.length > 0 ? own.map((each: Json) => member(each, NAMED)) : {} },
      ];
    }),
  );
}

/** Whether an option may be null instead of naming a component. */
const isNullable = ({ type }: JsonObject): boolean => Array.isArray(type) && type.includes('null');

function referenceSection(
  value: Json,
  kind: Kind,
  common: OptionsSchema['properties'],
  components: Components,
): JsonObject {
  const type = { description: `The ${kind}.`, type: 'string' };
  const expected = 'a name, or {type: name, ...}';
  if (!isJsonObject(value) || typeof value.type !== 'string') {
    return { type: 'object', properties: { type }, required: ['type'], expected, 'x-of': kind };
  }
  const mark = { kind, name: value.type, isOption: true };
  const own = namedSection(mark, { ...common, type }, value, components);
  return { ...own, expected, 'x-type': value.type };
}

/** The schema of an option with members depends on the written value: one for all members, or one for each. */
function lossSection(loss: Json | undefined, options: OptionsSchema | undefined, components: Components): JsonObject {
  if (options === undefined) return { type: 'object' };
  const named = withReferences(options.properties, loss, components);
  const properties = Object.entries(named).map(([key, { 'x-members': members, ...option }]) => {
    const own = members as OptionsSchema['properties'] | undefined;
    const split = own !== undefined && isJsonObject(loss) && isJsonObject(loss[key]);
    return [key, split ? { description: option.description, ...section({ properties: own }) } : option] as const;
  });
  return section({ properties: Object.fromEntries(properties), required: options.required ?? [] });
}

/** `{lambda: {}}`: so that members get their defaults. */
function emptyMembers(options: OptionsSchema | undefined): JsonObject {
  const split = Object.entries(options?.properties ?? {}).filter(([, option]) => membersOf(option) !== undefined);
  return Object.fromEntries(split.map(([key]) => [key, {}]));
}

function membersSection(value: Json | undefined, section: MembersSection, components: Components): JsonObject {
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  const schemas = entries.map(
    ([name, own]) => [name, typedSection(own, { ...section, defaultType: name }, components)] as const,
  );
  return { type: 'object', properties: Object.fromEntries(schemas) };
}

function section({ properties, required = [] }: { properties: JsonObject; required?: readonly string[] }): JsonObject {
  return { type: 'object', properties, required, additionalProperties: false };
}
