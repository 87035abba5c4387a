import type { OptionSchema, OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../support/json.js';
import type { Config, Reference } from '../registry/config.js';
import { isReference, nameOf, typeOf } from './reference.js';
import { MEMBERS, TYPED } from './core-sections.js';
import { lossOptions, optionsOf, plainSections, typedAt } from './sections.js';

/** An option of a resolved config: its path, schema and value. */
export interface OptionAt {
  readonly path: readonly string[];
  readonly schema: OptionSchema;
  readonly value: Json | undefined;
}

/**
 * The options of every section, including those of the components that the config names; components in a list are addressed by name:
 * `evaluate.metrics.ssim.window`. Trackers and sweeps are left out, since they affect no result.
 */
export function everyOption(config: Config, components: Components): OptionAt[] {
  return ownOptions(config, components).flatMap((option) => [option, ...namedOptions(option, components)]);
}

/** The options of the sections themselves; a component that an option names is one value. */
export function ownOptions(config: Config, components: Components): OptionAt[] {
  const whole = config as unknown as JsonObject;
  return sectionsOf(whole, components)
    .filter(({ path }) => path[0] !== 'tracking')
    .flatMap(({ path, properties }) => optionsAt(path, sectionAt(whole, path), properties));
}

/** A section of a config, and its possible options. */
export interface SectionAt {
  readonly path: readonly string[];
  readonly properties: OptionsSchema['properties'];
}

/** Every section, present or not, with the options of the component that its `type` (or default type) names. */
export function sectionsOf(config: JsonObject, components: Components): SectionAt[] {
  const members = (key: string) => (isJsonObject(config[key]) ? Object.keys(config[key]) : []);
  const entries = Object.keys(MEMBERS).flatMap((key) => members(key).map((name) => [key, name]));
  const typed = [...Object.keys(TYPED).map((key) => [key]), ...entries];
  return [
    ...typed.map((path) => {
      const { kind, defaultType, common } = typedAt(path)!;
      const type = sectionAt(config, path)?.['type'] ?? defaultType;
      return { path, properties: { ...common, ...optionsOf(components, kind, type)?.properties } };
    }),
    { path: ['loss'], properties: lossOptions(components, config['method'])?.properties ?? {} },
    ...Object.entries(plainSections(components)).map(([key, { properties }]) => ({ path: [key], properties })),
  ];
}

/** Options that change no result (`x-not-fingerprinted`), such as bookkeeping and download locations. */
export function notFingerprintedOptions(config: Config, components: Components): OptionAt[] {
  return everyOption(config, components).filter(({ schema }) => schema['x-not-fingerprinted'] === true);
}

/** The paths of {@link notFingerprintedOptions}. */
export function notFingerprintedPaths(config: Config, components: Components): string[] {
  return notFingerprintedOptions(config, components).map(({ path }) => path.join('.'));
}

/**
 * Config to leave out of fingerprints: an option added after runs exist (`x-neutral`) whose value is its default, the earlier behaviour. So
 * old runs stay up to date.
 */
export function neutral(config: Config, components: Components): string[] {
  const whole = config as unknown as JsonObject;
  const types = Object.entries(TYPED).flatMap(([key, section]) => {
    const type = sectionAt(whole, [key])?.['type'];
    return section.neutral === true && type === section.defaultType ? [`${key}.type`] : [];
  });
  const options = everyOption(config, components).filter(({ schema, value }) => isNeutral(schema, value));
  return [...types, ...options.map(({ path }) => path.join('.'))];
}

/** See {@link neutral}. */
export function isNeutral(schema: OptionSchema, value: Json | undefined): boolean {
  return (
    schema['x-neutral'] === true && (value === undefined || canonicalJson(value) === canonicalJson(schema['default']))
  );
}

function optionsAt(
  path: readonly string[],
  section: JsonObject | undefined,
  properties: OptionsSchema['properties'],
): OptionAt[] {
  return Object.entries(properties).map(([key, schema]) => ({ path: [...path, key], schema, value: section?.[key] }));
}

/** Options of the components that an option names. */
function namedOptions({ path, schema, value }: OptionAt, components: Components): OptionAt[] {
  const kind = schema['x-kind'] as Kind | undefined;
  if (kind === undefined) return [];
  const listed = Array.isArray(value);
  const references = (listed ? (value as readonly Json[]) : [value]).filter(isReference);
  return references.flatMap((reference) => {
    const { properties } = optionsOf(components, kind, typeOf(reference)) ?? { properties: {} };
    const own = optionsAt(listed ? [...path, nameOf(reference)] : path, asSection(reference), properties);
    return own.flatMap((option) => {
      const filled = { ...option, value: option.value ?? option.schema['default'] };
      return [filled, ...namedOptions(filled, components)];
    });
  });
}

const asSection = (reference: Reference): JsonObject => (typeof reference === 'string' ? {} : reference);

function sectionAt(config: JsonObject, path: readonly string[]): JsonObject | undefined {
  const value = path.reduce<Json | undefined>((at, key) => (isJsonObject(at) ? at[key] : undefined), config);
  return isJsonObject(value) ? value : undefined;
}
