import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse } from 'yaml';
import type { Config } from '../registry/config.js';
import { runFile } from '../pipeline/paths.js';
import type { TrackedRun } from '../pipeline/tracking/tracker-feeds.js';
import { loadPlugins } from '../registry/plugins.js';
import { errorCode } from '../support/files.js';
import { isJsonObject } from '../support/json.js';
import { ProblemError } from '../support/problem.js';
import type { Io } from './io.js';

/**
 * Reads a run from its folder, with the resolved config.
 *
 * @throws ProblemError when its config or a plugin cannot be read
 */
export async function trackedRun(runDir: string, io: Pick<Io, 'env' | 'program'>): Promise<TrackedRun> {
  const config = await configOf(runDir);
  const components = io.program.components();
  await loadPlugins(config.plugins, components);
  return { runDir, runName: basename(runDir), config, components, env: io.env };
}

/** The resolved config of a run. @throws ProblemError when there is none */
export async function configOf(runDir: string): Promise<Config> {
  const file = runFile.config(runDir);
  const config = parsed(await textOf(file));
  if (isJsonObject(config) && isJsonObject(config['tracking']) && Array.isArray(config['plugins'])) {
    return config as unknown as Config;
  }
  const message = `${file} is not the config of a run.`;
  throw new ProblemError({ code: 'bad-run', message, cure: '`runner run` with the original config rewrites it.' });
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    // The run's config was removed.
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  });
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
