import type { OptionSchema, OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../support/json.js';
import type { Config, Reference } from '../registry/config.js';
import { isReference, nameOf, typeOf } from './reference.js';
import { MEMBERS, TYPED } from './core-sections.js';
import { lossOptions, optionsOf, plainSections, typedAt } from './sections.js';

/** An option of a resolved config: where it lies, what it may be and what it is. */
export interface OptionAt {
  readonly path: readonly string[];
  readonly schema: OptionSchema;
  readonly value: Json | undefined;
}

/**
 * The options of every section, those of the components that the config names among them; of a list of components by their names:
 * `evaluate.metrics.ssim.window`. Trackers and sweeps are left out: they shape no result.
 */
export function everyOption(config: Config, components: Components): OptionAt[] {
  return ownOptions(config, components).flatMap((option) => [option, ...namedOptions(option, components)]);
}

/** Those of the sections themselves: a component that one of them names is one value. */
export function ownOptions(config: Config, components: Components): OptionAt[] {
  const whole = config as unknown as JsonObject;
  return sectionsOf(whole, components)
    .filter(({ path }) => path[0] !== 'tracking')
    .flatMap(({ path, properties }) => optionsAt(path, sectionAt(whole, path), properties));
}

/** A section of a config, and the options that it may have. */
export interface SectionAt {
  readonly path: readonly string[];
  readonly properties: OptionsSchema['properties'];
}

/** Every section, be it there or not, with the options of the component that its `type` (by default the usual one) names. */
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

/** Config that changes no result, whoever reads it (`x-not-fingerprinted`): bookkeeping, and where something is fetched from. */
export function notFingerprinted(config: Config, components: Components): string[] {
  const options = everyOption(config, components).filter(({ schema }) => schema['x-not-fingerprinted'] === true);
  return options.map(({ path }) => path.join('.'));
}

/**
 * Config that counts as not there: an option that is younger than the runs there may be (`x-neutral`), with its default, which is what was done
 * before. So those runs stay what they are.
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

/** The options of the components that an option names. */
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
