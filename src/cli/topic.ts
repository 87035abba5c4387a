import type { Component, OptionSchema, OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';

/** Something that `runner explain` can explain. */
export interface Topic {
  readonly summary: string;
  readonly details?: string;
  /** How it is written in a config. */
  readonly usage?: string;
  readonly options?: OptionsSchema;
  /** One option, when the topic is one. */
  readonly option?: OptionsSchema['properties'][string];
  /** The options by the method that has them, where that decides: {@link options} are then those of the first that has each. */
  readonly methods?: readonly MethodOptions[];
  /** The method whose option it is, where that decides. */
  readonly method?: string;
  /** The same key under each of several methods. */
  readonly variants?: readonly { readonly method: string; readonly topic: Topic }[];
  /** The components to choose from. */
  readonly members?: { readonly kind: Kind; readonly list: readonly (readonly [string, string])[] };
}

/** What the section `loss` may hold under a method. */
export interface MethodOptions {
  readonly method: string;
  readonly options: OptionsSchema;
}

/** An option, with the components to choose from where it names some. */
export function namingTopic(option: OptionSchema, components: Components): Topic {
  const kind = option['x-kind'] as Kind | undefined;
  return { ...optionTopic(option), members: kind && { kind, list: summaries(components, kind) } };
}

export function optionTopic(option: OptionsSchema['properties'][string]): Topic {
  return { summary: option.description, option };
}

/** The components of a kind, with their summaries. */
export function summaries(components: Components, kind: Kind): (readonly [string, string])[] {
  return [...(components[kind] as Iterable<readonly [string, Component]>)].map(([name, { summary }]) => [
    name,
    summary,
  ]);
}
