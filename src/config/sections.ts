import type { OptionSchema, OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import type { MethodComponent } from '../registry/kinds/method.js';
import type { StageSection } from '../registry/kinds/stage-section.js';
import { isJsonObject, type Json } from '../support/json.js';
import { ENGINE, MEMBERS, TYPED, type TypedSection } from './core-sections.js';

/** A section whose options are the same in every config. */
export type PlainSection = OptionsSchema & { readonly description: string };

/** The keys that belong to no stage: those before the sections of the stages, and those after. */
const FIRST = [
  ...['extends', 'name', 'seed', 'plugins', 'dataset', 'method', 'generator', 'discriminator', 'loss'],
  ...['optimizer', 'schedule'],
];
const LAST = ['sweep', 'launcher', 'tracking', 'stages'];

/** Every key that a config may have, in the order in which a resolved one has them. */
export function keysOf(components: Components): readonly string[] {
  return [...FIRST, ...Object.keys(plainSections(components)), ...LAST];
}

/** The sections of the stages and that of the engine: first what trains, then how it is computed, then what comes of it. */
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

/** The sections that stages bring. */
export function stageSections(components: Components): StageSection[] {
  return ownedSections(components).flatMap(({ section, isTaken }) => (isTaken ? [] : [section]));
}

/** A section and the stage that brings it. */
export interface OwnedSection {
  readonly stage: string;
  readonly section: StageSection;
  /** Whether there is another section of that key, which then stands. */
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

/** The options of the section `loss` under the method that a config names; nothing when there is no such method. */
export function lossOptions(components: Components, method: Json | undefined): OptionsSchema | undefined {
  return methodOf(components, method)?.loss;
}

/** The method that a config names, by its section or its name; nothing when there is no such method. */
export function methodOf(components: Components, method: Json | undefined): MethodComponent | undefined {
  const name = (isJsonObject(method) ? method.type : method) ?? TYPED.method!.defaultType;
  return typeof name === 'string' && components.method.has(name) ? components.method.get(name) : undefined;
}

/** The members of an option that one value may stand for all of (`x-members`), such as both directions of a weight. */
export function membersOf(option: OptionSchema): OptionsSchema['properties'] | undefined {
  return option['x-members'] as OptionsSchema['properties'] | undefined;
}

/** The typed section at a path, or the entry of a section of entries, if the path is one's. */
export function typedAt(path: readonly string[]): TypedSection | undefined {
  if (path.length === 1) return Object.hasOwn(TYPED, path[0]!) ? TYPED[path[0]!] : undefined;
  const [section, name] = path as [string, string];
  if (path.length !== 2 || !isMembers(section)) return undefined;
  return { ...MEMBERS[section], defaultType: name };
}

/** Whether a section is one of entries, each a component. */
export function isMembers(section: string): section is keyof typeof MEMBERS {
  return Object.hasOwn(MEMBERS, section);
}

/** The options of a component, or nothing when there is no such component. */
export function optionsOf(components: Components, kind: Kind, name: Json | undefined): OptionsSchema | undefined {
  const registry = components[kind];
  return typeof name === 'string' && registry.has(name) ? registry.get(name).schema : undefined;
}
