import type { Reference, Typed } from './config.js';
import type { Json } from '../support/json.js';
import type { Component } from './component.js';
import type { Registry } from './registry.js';

/**
 * Creates a component that a config names: `unet` or `{type: unet, width: 64}` with the registry of generators.
 *
 * Loading the config has validated the section against the component's schema, so the cast to its options is sound. Keys of the
 * section that are not the component's are dropped; missing options get their defaults.
 */
export function make<Site, Product>(
  registry: Registry<Component<never, Site, Product>>,
  reference: Reference,
  site: Site,
): Product {
  const section: Typed = typeof reference === 'string' ? { type: reference } : reference;
  const component = registry.get(section.type);
  const options: Record<string, Json> = {};
  for (const [key, schema] of Object.entries(component.schema.properties)) {
    const value = section[key] === undefined ? schema.default : section[key];
    if (value !== undefined) options[key] = value;
  }
  return component.create(options as never, site);
}
