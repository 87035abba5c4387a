import type { Config } from '../../registry/config.js';
import type { Io } from '../io.js';
import type { Components } from '../../registry/kinds.js';
import { loadPlugins } from '../../registry/plugins.js';
import type { OpenSweep } from '../../sweep/freeze.js';
import { readTrialConfig } from '../../sweep/frozen.js';

/** The config of a sweep's first trial (absent if the file is missing), and the components, including plugins. */
export async function componentsOf(
  { dir, sweep }: OpenSweep,
  { program }: Pick<Io, 'program'>,
): Promise<{ readonly config: Config | undefined; readonly components: Components }> {
  const config = await readTrialConfig(dir, sweep.trials[0]!.id);
  const components = program.components();
  if (config !== undefined) await loadPlugins(config.plugins, components);
  return { config, components };
}
