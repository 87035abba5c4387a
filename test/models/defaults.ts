import type { OptionsSchema } from '../../src/registry/component.js';

/** The options of a component that a config only names. */
export function defaults(schema: OptionsSchema): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema.properties).map(([name, option]) => [name, option['default']]));
}
