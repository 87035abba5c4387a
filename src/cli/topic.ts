import type { Component, OptionSchema, OptionsSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';

/** A topic of `runner explain`. */
export interface Topic {
  readonly summary: string;
  readonly details?: string;
  /** Its syntax in a config. */
  readonly usage?: string;
  readonly options?: OptionsSchema;
  /** The option, if the topic is one. */
  readonly option?: OptionsSchema['properties'][string];
  /** The options per method, if they depend on it; {@link options} then has each from the first method with it. */
  readonly methods?: readonly MethodOptions[];
  /** The method of the option, if it depends on one. */
  readonly method?: string;
  /** The same key under each of several methods. */
  readonly variants?: readonly { readonly method: string; readonly topic: Topic }[];
  /** The components to choose from. */
  readonly members?: { readonly kind: Kind; readonly list: readonly (readonly [string, string])[] };
}

/** The section `loss` of a method. */
export interface MethodOptions {
  readonly method: string;
  readonly options: OptionsSchema;
}

/** An option, with the components to choose from if it names one. */
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
