import { loadPluginsOf } from '../config/load.js';
import type { Components } from '../registry/kinds.js';
import type { Io } from './io.js';
import { ConfigMistake } from './print-problems.js';

/** The components available to a command. */
export interface KnownComponents {
  readonly components: Components;
  /** The method of the config, if one is given. */
  readonly method: string | undefined;
}

/**
 * The built-in components, and those of a config's plugins.
 *
 * @throws ConfigMistake when the config or a plugin cannot be read
 */
export async function componentsWith(config: string | undefined, io: Io): Promise<KnownComponents> {
  const components = io.program.components();
  if (config === undefined) return { components, method: undefined };
  const read = await loadPluginsOf(config, components, io.cwd);
  if (read.ok) return { components, method: read.value.method };
  const [first, ...rest] = read.problems;
  throw new ConfigMistake(first!, ...rest);
}
