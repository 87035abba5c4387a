import type { Component, OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import { lossTopics } from './loss-topics.js';
import { usualPlaces, type ComponentPlace } from '../config/component-places.js';
import { MEMBERS, TOP, TYPED } from '../config/core-sections.js';
import { plainSections } from '../config/sections.js';
import { SWEEP } from '../config/sweep-section.js';
import { namingTopic, optionTopic, summaries, type Topic } from './topic.js';

/** All topics, by key. Keys of a config take precedence over components. @param method of the config, if one is given */
export function topics(components: Components, method?: string): Map<string, Topic> {
  const all = new Map<string, Topic>();
  const places = usualPlaces(components);
  const add = (key: string, topic: Topic) => (all.has(key) ? undefined : all.set(key, topic));
  for (const [key, option] of Object.entries(TOP)) add(key, optionTopic(option));
  for (const [key, { kind, description, common }] of Object.entries(TYPED)) {
    const members = { kind, list: summaries(components, kind) };
    add(key, { summary: description, usage: places.get(kind)?.usage, options: { properties: common }, members });
    addOptions(add, key, { properties: common });
  }
  for (const [key, { description, properties }] of Object.entries(plainSections(components))) {
    add(key, { summary: description, options: { properties } });
    for (const [name, option] of Object.entries(properties)) add(`${key}.${name}`, namingTopic(option, components));
  }
  for (const [key, topic] of lossTopics(components, method)) add(key, topic);
  add('sweep', { summary: SWEEP.description, options: SWEEP });
  addOptions(add, 'sweep', SWEEP);
  for (const [key, { kind, description, common, default: initial }] of Object.entries(MEMBERS)) {
    const members = { kind, list: summaries(components, kind) };
    const usage = `${key}: ${JSON.stringify(initial).replaceAll('"', '').replaceAll(/[:,]/g, '$& ')}`;
    add(key, { summary: description, options: { properties: common }, members, usage });
  }
  add('extends', {
    summary: 'The config file that this one builds on, as a path relative to this one.',
    details:
      'Sections are merged key by key; lists and values replace. `runner explain stages` and `tracking`: null removes an entry.',
  });
  for (const kind of Object.keys(components) as Kind[]) addKind(add, components, kind, places.get(kind));
  return all;
}

type Add = (key: string, topic: Topic) => unknown;

/** Adds a component by its kind and by its path in a config. */
function addKind(add: Add, components: Components, kind: Kind, place: ComponentPlace | undefined): void {
  const list = summaries(components, kind);
  add(kind, { summary: `Components of the kind ${kind}.`, usage: place?.usage, members: { kind, list } });
  for (const [name, component] of components[kind] as Iterable<readonly [string, Component]>) {
    const { summary, details, schema } = component;
    const usage = place?.usage.replaceAll('NAME', name);
    for (const prefix of new Set([kind, place?.path ?? kind])) {
      add(`${prefix}.${name}`, { summary, details, usage, options: schema });
      addOptions(add, `${prefix}.${name}`, schema);
    }
  }
}

function addOptions(add: Add, prefix: string, { properties }: OptionsSchema): void {
  for (const [name, option] of Object.entries(properties)) add(`${prefix}.${name}`, optionTopic(option));
}
