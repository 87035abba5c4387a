import type { OptionSchema, OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import type { MethodComponent } from '../registry/kinds/method.js';
import type { StageSection } from '../registry/kinds/stage-section.js';
import { isJsonObject, type Json } from '../support/json.js';
import { ENGINE, MEMBERS, TYPED, type TypedSection } from './core-sections.js';

/** A section with the same options in every config. */
export type PlainSection = OptionsSchema & { readonly description: string };

/** The keys that belong to no stage: those before the stages' sections, and those after. */
const FIRST = [
  ...['extends', 'name', 'seed', 'plugins', 'dataset', 'method', 'generator', 'discriminator', 'loss'],
  ...['optimizer', 'schedule'],
];
const LAST = ['sweep', 'launcher', 'tracking', 'stages'];

/** Every key of a config, in the order of a resolved config. */
export function keysOf(components: Components): readonly string[] {
  return [...FIRST, ...Object.keys(plainSections(components)), ...LAST];
}

/** The sections of the stages and of the engine, in the order training, engine, later stages. */
export function plainSections(components: Components): Readonly<Record<string, PlainSection>> {
  const trains = ({ stage }: OwnedSection) => components.stage.get(stage).continues === true;
  const owned = ownedSections(components).filter(({ isTaken }) => !isTaken);
  const entries = (those: OwnedSection[]) => those.map(({ section }) => [section.key, section] as const);
  return Object.fromEntries([
    ...entries(owned.filter(trains)),
    ['engine', ENGINE],
    ...entries(owned.filter((each) => !trains(each))),
  ]);
}

/** The sections that stages add. */
export function stageSections(components: Components): StageSection[] {
  return ownedSections(components).flatMap(({ section, isTaken }) => (isTaken ? [] : [section]));
}

/** A section and the stage that adds it. */
export interface OwnedSection {
  readonly stage: string;
  readonly section: StageSection;
  /** Whether another section already has this key; that one is kept. */
  readonly isTaken: boolean;
}

export function ownedSections(components: Components): OwnedSection[] {
  const taken = new Set([...FIRST, 'engine', ...LAST]);
  return [...components.stage].flatMap(([stage, { section }]) => {
    if (section === undefined) return [];
    const isTaken = taken.has(section.key);
    taken.add(section.key);
    return [{ stage, section, isTaken }];
  });
}

/** The options of the section `loss` under a config's method; undefined if the method is unknown. */
export function lossOptions(components: Components, method: Json | undefined): OptionsSchema | undefined {
  return methodOf(components, method)?.loss;
}

/** A config's method, by its section or name; undefined if it is unknown. */
export function methodOf(components: Components, method: Json | undefined): MethodComponent | undefined {
  const name = (isJsonObject(method) ? method.type : method) ?? TYPED.method!.defaultType;
  return typeof name === 'string' && components.method.has(name) ? components.method.get(name) : undefined;
}

/** The members of an option that one value can set together (`x-members`), such as both directions of a weight. */
export function membersOf(option: OptionSchema): OptionsSchema['properties'] | undefined {
  return option['x-members'] as OptionsSchema['properties'] | undefined;
}

/** The typed section at a path, or the entry of a section of entries; undefined for other paths. */
export function typedAt(path: readonly string[]): TypedSection | undefined {
  if (path.length === 1) return Object.hasOwn(TYPED, path[0]!) ? TYPED[path[0]!] : undefined;
  const [section, name] = path as [string, string];
  if (path.length !== 2 || !isMembers(section)) return undefined;
  return { ...MEMBERS[section], defaultType: name };
}

/** Whether the entries of a section are components. */
export function isMembers(section: string): section is keyof typeof MEMBERS {
  return Object.hasOwn(MEMBERS, section);
}

/** The options of a component; undefined if it is unknown. */
export function optionsOf(components: Components, kind: Kind, name: Json | undefined): OptionsSchema | undefined {
  const registry = components[kind];
  return typeof name === 'string' && registry.has(name) ? registry.get(name).schema : undefined;
}
