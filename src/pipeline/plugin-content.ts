import { basename } from 'node:path';
import { errorCode } from '../support/files.js';
import { sha256File } from '../support/hash.js';
import { ProblemError } from '../support/problem.js';

/** A plugin file by what counts of it: not where it lies. Files that it imports in turn are not looked at. */
export interface PluginContent {
  readonly [key: string]: string;
  readonly name: string;
  readonly sha256: string;
}

/** @throws ProblemError when a file cannot be read */
export async function pluginContents(files: readonly string[]): Promise<PluginContent[]> {
  return Promise.all(files.map(async (file) => ({ name: basename(file), sha256: await contentOf(file) })));
}

async function contentOf(file: string): Promise<string> {
  try {
    return await sha256File(file);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new ProblemError({
      code: 'plugin-unreadable',
      message: `The plugin ${file} cannot be read (${errorCode(error)}).`,
      cure: 'Check the path under plugins.',
    });
  }
}
