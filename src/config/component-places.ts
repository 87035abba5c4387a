import type { OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import { MEMBERS, TYPED } from './core-sections.js';
import { plainSections } from './sections.js';

/** A place where a config names components of a kind. */
export interface ComponentPlace {
  readonly kind: Kind;
  /** Path of the section, or of an option in it: `evaluate.metrics`. */
  readonly path: string;
  /** How a component is written there, with NAME for its name. */
  readonly usage: string;
}

/** Every place where the schemas name components: a section, its entries, or an option (`x-kind`). */
export function componentPlaces(components: Components): ComponentPlace[] {
  const sections = Object.entries(TYPED).map(([key, { kind }]) => {
    return { kind, path: key, usage: `${key}: {type: NAME, ...}` };
  });
  const entries = Object.entries(MEMBERS).map(([key, { kind, common }]) => {
    const lists = Object.entries(common).flatMap(([name, { type }]) => (type === 'array' ? [`${name}: [...], `] : []));
    return { kind, path: key, usage: `${key}: {NAME: {${lists.join('')}...}}` };
  });
  const losses = [...components.method].flatMap(([, { loss }]) => optionPlaces('loss', loss));
  const typed = Object.entries(TYPED).flatMap(([key, { kind, common }]) => [
    ...optionPlaces(key, { properties: common }),
    ...schemasOf(components, kind).flatMap((schema) => optionPlaces(key, schema)),
  ]);
  const plain = Object.entries(plainSections(components)).flatMap(([key, section]) => optionPlaces(key, section));
  const own = [...sections, ...entries, ...losses, ...typed, ...plain];
  return [...own, ...plain.flatMap((place) => nestedPlaces(place, components))];
}

/** The options of components in a list that name components themselves, such as the extractor of a metric. */
function nestedPlaces({ kind, path }: ComponentPlace, components: Components): ComponentPlace[] {
  const [section, option] = path.split('.') as [string, string];
  return namedSchemas(components, kind).flatMap(([type, schema]) =>
    optionPlaces(`${path}.${type}`, schema).map((nested) => {
      const key = nested.path.split('.').at(-1)!;
      return { ...nested, usage: `${section}: {${option}: [{type: ${type}, ${key}: NAME}]}` };
    }),
  );
}

/** The first place of each kind, which is the usual one; kinds without a place are absent. */
export function usualPlaces(components: Components): ReadonlyMap<Kind, ComponentPlace> {
  return new Map(
    componentPlaces(components)
      .toReversed()
      .map((place) => [place.kind, place]),
  );
}

function optionPlaces(section: string, { properties }: OptionsSchema): ComponentPlace[] {
  return Object.entries(properties).flatMap(([key, { 'x-kind': kind, type }]) => {
    if (kind === undefined) return [];
    const usage =
      type === 'array'
        ? `${section}: {${key}: [NAME, {type: NAME, ...}]}`
        : `${section}: {${key}: NAME}, or {${key}: {type: NAME, ...}}`;
    return [{ kind: kind as Kind, path: `${section}.${key}`, usage }];
  });
}

function schemasOf(components: Components, kind: Kind): OptionsSchema[] {
  return namedSchemas(components, kind).map(([, schema]) => schema);
}

function namedSchemas(components: Components, kind: Kind): [name: string, schema: OptionsSchema][] {
  const members = components[kind] as Iterable<readonly [string, { readonly schema: OptionsSchema }]>;
  return [...members].map(([name, { schema }]) => [name, schema]);
}
