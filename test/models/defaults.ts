import type { OptionsSchema } from '../../src/registry/component.js';

/** The options that a config gets which names the component and nothing else. */
export function defaults(schema: OptionsSchema): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema.properties).map(([name, option]) => [name, option['default']]));
}
