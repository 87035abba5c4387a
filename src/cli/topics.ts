import type { Component, OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import { LOSS, STAGE, STAGES, TOP, TRACKING, TYPED } from '../config/core-sections.js';
import { membersOf, plainSections } from '../config/sections.js';
import { SWEEP } from '../config/sweep-section.js';

/** Where a config names the components of a kind. */
export const KIND_USES: Readonly<Record<Kind, string>> = {
  dataset: 'dataset: {type: NAME, ...}',
  method: 'method: {type: NAME, ...}',
  generator: 'generator: {type: NAME, ...}',
  discriminator: 'discriminator: {type: NAME, ...}',
  adversarial: 'loss: {adversarial: NAME}, or {adversarial: {type: NAME, ...}}',
  optimizer: 'optimizer: {type: NAME, ...}',
  schedule: 'schedule: {type: NAME, ...}',
  metric: 'evaluate: {metrics: [NAME, {type: NAME, ...}]}',
  stage: 'stages: {NAME: {needs: [...], ...}}',
  tracker: 'tracking: {NAME: {...}}',
  export: 'export: {formats: [NAME, {type: NAME, ...}]}',
  launcher: 'launcher: {type: NAME, ...}',
};

/** Something that `runner explain` can explain. */
export interface Topic {
  readonly summary: string;
  readonly details?: string;
  /** How it is written in a config. */
  readonly usage?: string;
  readonly options?: OptionsSchema;
  /** One option, when the topic is one. */
  readonly option?: OptionsSchema['properties'][string];
  /** The components to choose from. */
  readonly members?: { readonly kind: Kind; readonly list: readonly (readonly [string, string])[] };
}

/** The longer ways to say a component that its place in a config suggests. */
const ALIASES: Readonly<Partial<Record<Kind, string>>> = {
  tracker: 'tracking',
  stage: 'stages',
  adversarial: 'loss.adversarial',
  metric: 'evaluate.metrics',
  export: 'export.formats',
};

/** Everything that can be explained, by its key. A config's own words win over a component's. */
export function topics(components: Components): Map<string, Topic> {
  const all = new Map<string, Topic>();
  const add = (key: string, topic: Topic) => (all.has(key) ? undefined : all.set(key, topic));
  for (const [key, option] of Object.entries(TOP)) add(key, optionTopic(option));
  for (const [key, { kind, description, common }] of Object.entries(TYPED)) {
    const members = { kind, list: summaries(components, kind) };
    add(key, { summary: description, usage: KIND_USES[kind], options: { properties: common }, members });
    addOptions(add, key, { properties: common });
  }
  for (const [key, { description, properties }] of Object.entries(plainSections(components))) {
    add(key, { summary: description, options: { properties } });
    for (const [name, option] of Object.entries(properties)) {
      const kind = option['x-kind'] as Kind | undefined;
      const members = kind === undefined ? undefined : { kind, list: summaries(components, kind) };
      add(`${key}.${name}`, { ...optionTopic(option), members });
    }
  }
  addLoss(add, components);
  add('sweep', { summary: SWEEP.description, options: SWEEP });
  addOptions(add, 'sweep', SWEEP);
  add('tracking', {
    summary: TRACKING.description,
    members: { kind: 'tracker', list: summaries(components, 'tracker') },
    usage: KIND_USES.tracker,
  });
  const stages = { kind: 'stage', list: summaries(components, 'stage') } as const;
  const usage = `stages: ${JSON.stringify(STAGES.default).replaceAll('"', '').replaceAll(/[:,]/g, '$& ')}`;
  add('stages', { summary: STAGES.description, options: { properties: STAGE }, members: stages, usage });
  add('extends', {
    summary: 'The config file that this one builds on, as a path relative to this one.',
    details:
      'Sections are merged key by key; lists and values replace. `runner explain stages` and `tracking`: null removes an entry.',
  });
  for (const kind of Object.keys(components) as Kind[]) addKind(add, components, kind);
  return all;
}

/** The options of the section `loss`, each by the first method that has it. */
function addLoss(add: Add, components: Components): void {
  const all = [...components.method].map(([, { loss }]) => loss.properties);
  const properties = Object.fromEntries(all.toReversed().flatMap((each) => Object.entries(each)));
  add('loss', { summary: LOSS.description, options: { properties } });
  for (const [name, option] of all.flatMap((properties) => Object.entries(properties))) {
    const kind = option['x-kind'] as Kind | undefined;
    const members = kind === undefined ? undefined : { kind, list: summaries(components, kind) };
    add(`loss.${name}`, { ...optionTopic(option), members });
    addOptions(add, `loss.${name}`, { properties: membersOf(option) ?? {} });
  }
}

type Add = (key: string, topic: Topic) => unknown;

function addKind(add: Add, components: Components, kind: Kind): void {
  const list = summaries(components, kind);
  add(kind, { summary: `Components of the kind ${kind}.`, usage: KIND_USES[kind], members: { kind, list } });
  for (const [name, component] of components[kind] as Iterable<readonly [string, Component]>) {
    const { summary, details, schema } = component;
    const usage = KIND_USES[kind].replaceAll('NAME', name);
    for (const prefix of [kind, ALIASES[kind]].filter((each) => each !== undefined)) {
      add(`${prefix}.${name}`, { summary, details, usage, options: schema });
      addOptions(add, `${prefix}.${name}`, schema);
    }
  }
}

function addOptions(add: Add, prefix: string, { properties }: OptionsSchema): void {
  for (const [name, option] of Object.entries(properties)) add(`${prefix}.${name}`, optionTopic(option));
}

function optionTopic(option: OptionsSchema['properties'][string]): Topic {
  return { summary: option.description, option };
}

function summaries(components: Components, kind: Kind): (readonly [string, string])[] {
  return [...(components[kind] as Iterable<readonly [string, Component]>)].map(([name, { summary }]) => [
    name,
    summary,
  ]);
}
