import { loadPluginsOf } from '../config/load.js';
import type { Components } from '../registry/kinds.js';
import type { Io } from './io.js';
import { ConfigMistake } from './print-problems.js';

/**
 * The built-in components, and those of a config's plugins.
 *
 * @throws ConfigMistake when the config or a plugin cannot be read
 */
export async function componentsWith(config: string | undefined, io: Io): Promise<Components> {
  const components = io.program.components();
  if (config === undefined) return components;
  const [first, ...rest] = await loadPluginsOf(config, components, io.cwd);
  if (first !== undefined) throw new ConfigMistake(first, ...rest);
  return components;
}
